from __future__ import annotations

from pathlib import Path

from benchmark.reproduction import rows, wanted_files
from reports.published import load_published
from trackers.lists import split_list


def test_every_row_runs_what_it_says_once_all_files_are_here() -> None:
    found = {one.key: Path(f"/weights/{one.key}.pth") for one in wanted_files()}
    made = {row.title: row.tracker for row in rows(found, on_otb=False)}
    assert made == {
        "SiamFC-3s": "siamfc:paper@/weights/siamfc.pth",
        "MemTrack": "memtrack:paper@/weights/memtrack.pth",
        "DualMN's long branch": "dualmn-long:paper@/weights/stmtrack.pth",
        "DualMN's short branch": "dualmn-short:dimp@/weights/dimp.pth",
        "DualMN": "dualmn:paper@/weights/stmtrack.pth+/weights/dimp.pth",
    }
    on_otb = [row.tracker for row in rows(found, on_otb=True)]
    assert on_otb == [
        "siamfc:paper@/weights/siamfc.pth",
        "memtrack{authors_boxes=true}:paper@/weights/memtrack.pth",
        "dualmn-long{authors_boxes=true}:paper@/weights/stmtrack.pth",
        "dualmn-short{authors_boxes=true}:dimp@/weights/dimp.pth",
        "dualmn{authors_boxes=true}:paper@/weights/stmtrack.pth+/weights/dimp.pth",
    ]
    assert all(split_list(name) == [name] for name in on_otb)


def test_a_row_without_its_files_says_which_and_runs_compact_weights() -> None:
    dual = rows({"stmtrack": Path("a.pkl")}, on_otb=True)[-1]
    assert dual.tracker == "dualmn"
    assert [name.split()[0] for name in dual.lacking] == ["dimp50.pth,"]
    assert all(row.lacking for row in rows({}, on_otb=True))


def test_every_printed_row_is_known() -> None:
    known = {one.name for one in load_published()}
    for row in rows({}, on_otb=True):
        assert set(row.published) <= known

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from studied import an_effect, made_answer

from benchmark.signed import signed
from benchmark.studies.answer import FILE, write_answer
from reports.studies.overview import write_overview


def keep(folder: Path, **changes: object) -> Path:
    answer = replace(made_answer(), **changes)  # type: ignore[arg-type]
    place = folder / answer.study / answer.dataset
    place.mkdir(parents=True)
    return write_answer(place, answer)


def rows(page: Path) -> list[list[str]]:
    lines = [line for line in page.read_text().splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_comparison_of_every_study_and_dataset_has_its_row(tmp_path: Path) -> None:
    answer = made_answer()
    keep(tmp_path)
    keep(tmp_path, dataset="OTB100", coverage="OTB100, 14 of 100 sequences", crossed=())
    keep(tmp_path, study="another", question="Does it | help?", findings=(), crossed=())
    (tmp_path / "figures").mkdir()  # anything else that lies there
    page = write_overview(tmp_path)
    text, table = page.read_text(), rows(page)
    assert page.name == "studies.md"
    assert text.index("## Does it \\| help?") < text.index("## Does every part of a made-up memory help?")
    heading, first, *_ = table
    assert (heading[0], first[0]) == ("on", "[demo-full, 36 of 72 sequences](another/demo-full/study.md)")
    assert first[1] == "nothing that could be compared yet"
    made_up = table[3:]
    assert len(made_up) == 2 * len(answer.findings) + len(answer.crossed)
    assert [row[0] for row in made_up[: len(answer.findings)]] == [
        "[OTB100, 14 of 100 sequences](made-up/OTB100/study.md)"
    ] * len(answer.findings)
    for row, one in zip(made_up, answer.findings, strict=False):
        assert row[1] == one.title
        assert row[2].startswith(f"{signed(one.auc.difference)} [")
        assert row[4].strip("*") == one.found
        assert row[5] == ("–" if one.expects is None else f"{one.expects}: {one.verdict}")
    assert made_up[-1][1] == answer.crossed[-1].title


def test_a_damaged_answer_is_named_and_the_others_stay(tmp_path: Path) -> None:
    keep(tmp_path)
    keep(tmp_path, dataset="OTB100").write_text("{")
    page = write_overview(tmp_path)
    assert f"made-up/OTB100/{FILE} is damaged" in page.read_text()
    assert len(rows(page)) == 1 + len(made_answer().findings) + len(made_answer().crossed)


def test_one_sequence_is_said_to_be_one(tmp_path: Path) -> None:
    alone = replace(made_answer().findings[0], auc=an_effect(0.04, 1, count=1))
    keep(tmp_path, findings=(alone,), crossed=())
    assert rows(write_overview(tmp_path))[1][3:5] == ["–", "one sequence"]

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.store.naming import NAMES, check_name, find_named, give_name, read_names
from benchmark.store.results import Results
from trackers.errors import InputError


def ended(store: Results, id_: str) -> Path:
    run = store.folder / "runs" / id_
    run.mkdir()
    (run / "manifest.json").write_text("{}")
    return run


@pytest.fixture
def store(tmp_path: Path) -> Results:
    results = Results(tmp_path / "results")
    for id_ in ("20260101T000000000Z-aaaaaa", "20260102T000000000Z-bbbbbb"):
        ended(results, id_)
    return results


A, B = "20260101T000000000Z-aaaaaa", "20260102T000000000Z-bbbbbb"


@pytest.mark.parametrize(
    "name",
    ["", " ", "../up", "a/b", "a\\b", ".hidden", "-option", " blank", "blank ", "latest", "LATEST", "x" * 65, A,
     A.lower(), "a\nb", "\x1b[31mred", "tab\there", "\u202egnp.exe", "\ud800", "zero\u200bwidth"],
)  # fmt: skip
def test_what_cannot_be_a_name_is_one_clear_line(name: str, store: Results) -> None:
    with pytest.raises(InputError, match="cannot be a run's name") as error:
        give_name(store, name, A)
    assert str(error.value).isprintable()
    assert not (store.folder / NAMES).exists()


@given(st.text(max_size=70))
def test_a_name_that_passes_can_be_shown_and_is_no_path(name: str) -> None:
    try:
        check_name(name)
    except InputError:
        return
    assert name.isprintable()
    assert Path("base", name).resolve().parent == Path("base").resolve()


@pytest.mark.parametrize("name", ["before-the-fix", "window .35", "Größe 2", "v1+aug@night", "x" * 64])
def test_a_name_stands_for_its_run_in_any_letter_case(name: str, store: Results) -> None:
    give_name(store, name, A)
    assert read_names(store) == {A: name}
    assert store.find_run(name) == store.find_run(name.swapcase()) == store.folder / "runs" / A


def test_a_taken_name_is_refused_and_a_new_one_replaces_the_old(store: Results) -> None:
    give_name(store, "first", A)
    with pytest.raises(InputError, match=f"taken by run {A}"):
        give_name(store, "FIRST", B)
    give_name(store, "First", A)
    give_name(store, "other", A)
    give_name(store, "first", B)
    assert read_names(store) == {A: "other", B: "first"}


def test_a_folder_that_somebody_named_by_hand_keeps_its_name(store: Results) -> None:
    ended(store, "by-hand")
    with pytest.raises(InputError, match="taken by run by-hand"):
        give_name(store, "by-hand", A)


def test_of_many_that_want_one_name_at_once_one_gets_it(store: Results) -> None:
    def wanted(run: str) -> bool:
        try:
            give_name(Results(store.folder), "the-best", run)
        except InputError:
            return False
        return True

    ids = [f"20260103T{number:06d}000Z-cccccc" for number in range(8)]
    for id_ in ids:
        ended(store, id_)
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(wanted, ids))
    assert sum(got) == 1
    assert find_named(store, "the-best") == [ids[got.index(True)]]


def test_names_given_at_once_are_all_kept(store: Results) -> None:
    ids = [f"20260103T{number:06d}000Z-cccccc" for number in range(8)]
    for id_ in ids:
        ended(store, id_)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda run: give_name(Results(store.folder), f"n{run[9:15]}", run), ids))
    assert read_names(store) == {run: f"n{run[9:15]}" for run in ids}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"names": 3}', '{"names": {"x": ["y"]}}', "\x00", '{"names": ' * 9000, "\udcff"]
)
def test_a_damaged_list_of_names_names_nothing_and_is_written_anew(text: str, store: Results) -> None:
    (store.folder / NAMES).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert read_names(store) == {}
    assert store.find_run(A).name == A
    give_name(store, "fresh", A)
    assert read_names(store) == {A: "fresh"}
    if '"y"' not in text:  # which is sound, and of a run that is gone
        aside = (store.folder / f"{NAMES}.damaged").read_bytes()
        assert aside == text.encode("utf-8", "surrogateescape"), "nobody's names are lost"


def test_a_list_of_names_from_elsewhere_leads_nowhere_else(store: Results) -> None:
    (store.folder / NAMES).write_text(
        '{"names": {"up": "..", "far": "../../etc", "here": "", "gone": "20250101T000000Z-1"}}'
    )
    assert read_names(store) == {}
    with pytest.raises(InputError, match="no run 'far'"):
        store.find_run("far")


def test_a_removed_run_is_gone_with_its_name_and_latest_is_renewed(store: Results) -> None:
    a, b = (store.folder / "runs" / id_ for id_ in (A, B))
    give_name(store, "newest", B)
    store.set_latest(b)
    store.remove_run(b)
    assert list((store.folder / "runs").iterdir()) == [a]
    assert read_names(store) == {}
    assert store.find_run("latest") == a
    store.remove_run(a)
    assert not (store.folder / "latest").exists()
    with pytest.raises(InputError, match="no run in"):
        store.find_run("latest")


def test_removing_another_run_leaves_latest_alone(store: Results) -> None:
    store.set_latest(store.folder / "runs" / B)
    store.remove_run(store.folder / "runs" / A)
    assert (store.folder / "latest").read_text() == f"{B}\n"


def test_a_misspelt_run_is_answered_with_the_nearest(store: Results) -> None:
    give_name(store, "before-the-fix", A)
    with pytest.raises(InputError, match="Did you mean 'before-the-fix'"):
        store.find_run("befor-the-fix")
    with pytest.raises(InputError, match="Did you mean 'latest'"):
        store.find_run("lates")


def test_a_run_that_has_not_ended_is_said_to_be_so(store: Results) -> None:
    run = store.new_run()
    (run / "plan.json").write_text("{}")
    give_name(store, "going", run.name)
    with pytest.raises(InputError, match="has not ended"):
        store.find_run("going")
    assert store.find_run("going", ended=False) == run

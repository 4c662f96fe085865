from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.datasets.catalogue import read_catalogue
from benchmark.datasets.sequence import Annotation
from benchmark.interop import Trajectories, Trajectory, load_import, load_imports, mat_process, save_import
from benchmark.interop.dialects import detect_dialect, dialect_names, read_dialect
from benchmark.interop.exporting import export_results
from benchmark.interop.importing import import_results
from benchmark.interop.matlab import format_mat
from benchmark.interop.names import Names
from benchmark.interop.text import format_rows, read_rows
from benchmark.store.record import read_arrays
from trackers.errors import InputError

NAMES = ("Human4", "Jogging-1", "Tiger1")
decimals = st.integers(-(10**12), 10**13).map(lambda k: k / 10**9)  # what texts hold: up to nine decimals
doubles = st.floats(0.5, 1e5)  # what .mat files hold
rows = st.lists(st.tuples(*[st.one_of(decimals, doubles)] * 4), min_size=4, max_size=4).map(np.array)
ORIGIN = np.array([1.0, 1.0, 0.0, 0.0])


def results(file_rows: np.ndarray) -> tuple[Trajectories, Mapping[str, Annotation]]:
    """Results of a tracker whose boxes are the given 1-based rows, from frame 6 on Tiger1, and their ground truth."""
    truths, found = {}, {}
    for name in NAMES:
        start = 5 if name == "Tiger1" else 0
        boxes = file_rows - ORIGIN
        truth = np.concatenate([np.tile(boxes[:1], (start, 1)), boxes])
        truths[name] = Annotation(name, truth, np.ones(len(truth), bool), start)
        found[name] = Trajectory(name, boxes, start, np.array([0.1, 1e-9, 0.3, 1 / 3]))
    return Trajectories("Some-Tracker", "OTB100", "x", "y", found), truths


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", [name for name in dialect_names() if name != "otb-mat"])
@settings(deadline=None, max_examples=15)
@given(rows)
def test_import_undoes_export(name: str, file_rows: np.ndarray) -> None:
    import_again(name, file_rows)


def test_import_undoes_export_of_mat_files() -> None:
    import_again("otb-mat", np.random.default_rng(0).random((4, 4)) * 1e3 + 0.5)


@settings(deadline=None, max_examples=30)
@given(rows)
def test_a_mat_file_holds_the_very_numbers(file_rows: np.ndarray) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary, "x.mat")
        file.write_bytes(format_mat(file_rows, 0))
        assert np.array_equal(mat_process.read(file), file_rows)


def import_again(name: str, file_rows: np.ndarray) -> None:
    dialect = read_dialect(name)
    original, truths = results(file_rows)
    with tempfile.TemporaryDirectory() as temporary:
        first, second = Path(temporary, "first"), Path(temporary, "second")
        export_results([original], dialect, first)
        folder = first if name == "otb-mat" else first / "Some-Tracker"
        again, errors = import_results(folder, dialect, "Some-Tracker", "OTB100", truths)
        assert not errors
        assert set(again.by_sequence) == set(NAMES)
        for sequence, one in again.by_sequence.items():
            assert np.array_equal(one.boxes, original.boxes[sequence])
            assert one.start == original.starts[sequence]
            assert (one.times is not None) == bool(dialect.times)
            assert one.times is None or np.array_equal(one.times, original.times[sequence])
        export_results([again], dialect, second)
        if name != "otb-mat":  # a .mat file holds the time of its writing
            assert contents(first) == contents(second)


@settings(deadline=None, max_examples=60)
@given(rows, st.sampled_from([",", "\t"]))
def test_text_holds_the_very_numbers(file_rows: np.ndarray, delimiter: str) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary, "x.txt")
        file.write_text(format_rows((file_rows - ORIGIN) + ORIGIN, delimiter))  # in and out of our convention
        assert np.array_equal(read_rows(file), file_rows)


@pytest.mark.parametrize("name", dialect_names())
def test_a_dialect_is_recognised_by_what_it_writes(tmp_path: Path, name: str) -> None:
    original, _ = results(np.array([[10.5, 20, 30, 40], [11, 21, 31.25, 41], [12, 22, 32, 42], [13, 23, 33, 43]]))
    export_results([original], read_dialect(name), tmp_path)
    folder = tmp_path if name == "otb-mat" else tmp_path / "Some-Tracker"
    assert detect_dialect(folder).name == {"pysot": "otb"}.get(name, name)


@pytest.mark.parametrize("name", dialect_names())
def test_one_alias_table_knows_every_name_that_is_written(name: str) -> None:
    names, dialect = Names(), read_dialect(name)
    targets = {target.name for target in read_catalogue("otb").targets}
    assert set(dialect.names) <= targets
    for target in targets:
        assert names.find(dialect.names.get(target, target)) == target
        assert names.find(dialect.names.get(target, target).upper()) == target
        assert names.find(f"{dialect.names.get(target, target)}_s") is None


def test_imports_are_kept_whole_and_replaced_whole(tmp_path: Path) -> None:
    original, _ = results(np.random.default_rng(0).random((4, 4)))
    file = save_import(tmp_path, original)
    again = load_import(file)
    assert file == tmp_path / "imports" / "OTB100" / "Some-Tracker.npz"
    assert (again.tracker, again.dataset, again.dialect, again.source) == ("Some-Tracker", "OTB100", "x", "y")
    assert again.starts == original.starts
    for name in NAMES:
        assert np.array_equal(again.boxes[name], original.boxes[name])
        assert np.array_equal(again.times[name], original.times[name])
    fewer = Trajectories("Some-Tracker", "OTB100", "x", "y", {"Tiger1": original.by_sequence["Tiger1"]}, ("odd",))
    save_import(tmp_path, fewer)
    (only,) = load_imports(tmp_path, "OTB100")
    assert (list(only.by_sequence), only.remarks) == (["Tiger1"], ("odd",))
    assert [path.name for path in file.parent.iterdir()] == ["Some-Tracker.npz"]
    assert load_imports(tmp_path, "OTB50") == []


def test_sequences_with_and_without_times_are_kept_apart(tmp_path: Path) -> None:
    original, _ = results(np.ones((4, 4)))
    mixed = dict(original.by_sequence)
    mixed["Human4"] = Trajectory("Human4", np.zeros((2, 4)))
    again = load_import(save_import(tmp_path, Trajectories("T", "OTB100", "x", "y", mixed)))
    assert list(again.times) == ["Jogging-1", "Tiger1"]
    assert np.array_equal(again.times["Tiger1"], original.times["Tiger1"])
    assert again.boxes["Human4"].shape == (2, 4)


def test_damaged_imports_are_refused(tmp_path: Path) -> None:
    original, _ = results(np.ones((4, 4)))
    file = save_import(tmp_path, original)
    content = file.read_bytes()
    changed = bytearray(content)
    changed[len(content) // 2] ^= 1
    for damaged in (content[:-100], b"PK nothing", bytes(changed)):
        file.write_bytes(damaged)
        with pytest.raises(InputError, match=r"Some-Tracker\.npz: missing or damaged"):
            load_import(file)
    np.savez(file, facts=np.array('{"schema": 99}'))
    with pytest.raises(InputError, match="schema 99 is not known"):
        load_import(file)


@pytest.mark.parametrize(
    ("fact", "array"),
    [
        ({"sequences": ["Human4"]}, {}), ({"sequences": None}, {}), ({"starts": [0, -1, 5]}, {}),
        ({"starts": ["0"] * 3}, {}), ({"timed": [True]}, {}), ({"remarks": 3}, {}),
        ({}, {"lengths": np.array([4, 4])}), ({}, {"lengths": np.array([4, 4, 5])}),
        ({}, {"lengths": np.array([9, -1, 4])}), ({}, {"boxes": np.ones((12, 5))}), ({}, {"boxes": np.array(["x"])}),
        ({}, {"times": np.ones(3)}),
    ],
)  # fmt: skip
def test_imports_whose_parts_do_not_fit_are_refused(
    tmp_path: Path, fact: dict[str, Any], array: dict[str, Any]
) -> None:
    original, _ = results(np.ones((4, 4)))
    file = save_import(tmp_path, original)
    facts, arrays = read_arrays(file) or ({}, {})
    np.savez(file, facts=np.array(json.dumps(facts | fact)), **arrays | array)
    with pytest.raises(InputError, match=r"Some-Tracker\.npz: not what `run_bench import` keeps"):
        load_import(file)

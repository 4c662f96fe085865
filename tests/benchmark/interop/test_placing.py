"""Imports and exports appear whole or not at all: on a full disk, on a read-only one, and several at once."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
from bundles import BOXES, ID, MANIFEST, bundle_of, write_run

from benchmark.interop import Trajectories, Trajectory, load_import, save_import
from benchmark.interop.bundle import pack, unpack
from benchmark.interop.dialects import read_dialect
from benchmark.interop.exporting import export_results
from benchmark.interop.placing import part_of
from benchmark.store.cleaning import clean
from benchmark.store.results import Results
from trackers.errors import InputError

AT_ONCE = 6
SOUND = json.dumps(MANIFEST).encode()


def results(value: float, frames: int = 3000, tracker: str = "T") -> Trajectories:
    boxes = np.full((frames, 4), value)
    every = {name: Trajectory(name, boxes, 0, np.full(frames, value)) for name in ("Couple", "Deer")}
    return Trajectories(tracker, "OTB100", "x", "y", every)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def disk_with(room: int) -> Iterator[None]:
    """Let no file grow beyond `room` bytes while the block runs, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def at_once(work: Callable[[int], Path]) -> list[Path]:
    """Return what each of several threads that begin together returns."""
    barrier = Barrier(AT_ONCE)

    def begin(number: int) -> Path:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(begin, range(AT_ONCE)))


def test_one_bundle_imported_several_times_at_once_is_whole(tmp_path: Path) -> None:
    run = write_run(tmp_path / "from")
    for number in range(60):
        (run / "boxes" / "memtrack" / f"S{number}.txt").write_text("1,2,3,4\n" * 100)
    pack(run, tmp_path / "run.zip")
    (run / ".manifest.json.123.part").unlink()
    there = at_once(lambda number: unpack(tmp_path / "run.zip", tmp_path / "runs"))
    assert set(there) == {tmp_path / "runs" / ID}
    assert contents(there[0]) == contents(run)
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [ID]


def test_two_runs_of_one_id_are_no_mixture(tmp_path: Path) -> None:
    texts = [f"{number},2,3,4\n".encode() for number in range(AT_ONCE)]
    for number, text in enumerate(texts):
        files = {f"boxes/{k}.txt": text for k in range(40)}
        bundle_of({"manifest.json": SOUND, **files}, tmp_path / f"{number}.zip")

    def work(number: int) -> Path:
        try:
            return unpack(tmp_path / f"{number}.zip", tmp_path / "runs")
        except InputError as error:
            return Path(str(error).rpartition(": ")[2][:11])

    there = at_once(work)
    assert sorted(map(str, there), key=len)[:-1] == ["another run"] * (AT_ONCE - 1)
    held = {text for name, text in contents(tmp_path / "runs").items() if name.endswith(".txt")}
    assert held == {texts[there.index(tmp_path / "runs" / ID)]}


def test_of_several_imports_at_once_one_is_kept_whole(tmp_path: Path) -> None:
    (file,) = set(at_once(lambda number: save_import(tmp_path, results(number + 1.0))))
    values = {float(value) for boxes in load_import(file).boxes.values() for value in np.unique(boxes)}
    assert len(values) == 1
    assert [path.name for path in file.parent.iterdir()] == ["T.npz"]


def test_an_export_on_a_full_disk_leaves_the_older_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name in ("got10k", "otb-mat", "vot"):
        export_results([results(1.0, 10, "A"), results(1.0, 10, "B")], read_dialect(name), out)
    older = contents(out)
    mixed = [results(2.0, 10, "A"), results(0.1 + 0.2, tracker="B")]  # the first has room
    for name in ("got10k", "vot"):
        with (
            disk_with(4096),
            pytest.raises(InputError, match=r"cannot write .*out.* \(File too large\)"),
        ):
            export_results(mixed, read_dialect(name), out)
        assert contents(out) == older
    with disk_with(16), pytest.raises(InputError, match="cannot write"):
        export_results(mixed, read_dialect("otb-mat"), out)
    assert contents(out) == older
    assert not [path for path in out.rglob("*") if path.name.startswith(".")]
    with disk_with(4096), pytest.raises(InputError):
        export_results(mixed, read_dialect("got10k"), tmp_path / "new" / "out")
    assert not (tmp_path / "new").exists()


def test_a_folder_in_the_way_of_one_file_keeps_all_from_their_places(tmp_path: Path) -> None:
    (tmp_path / "T" / "Deer.txt").mkdir(parents=True)
    with pytest.raises(InputError, match=r"cannot write .* \(T/Deer\.txt is a folder\)"):
        export_results([results(1.0, 10)], read_dialect("otb"), tmp_path)
    assert contents(tmp_path) == {}


def test_a_newer_export_leaves_no_times_of_an_older_one(tmp_path: Path) -> None:
    export_results([results(1.0, 10)], read_dialect("got10k"), tmp_path)
    assert (tmp_path / "T" / "times" / "Couple_time.txt").is_file()
    untimed = {"Couple": Trajectory("Couple", np.ones((5, 4)))}
    export_results([Trajectories("T", "OTB100", "x", "y", untimed)], read_dialect("got10k"), tmp_path)
    assert set(contents(tmp_path)) == {"T/Couple.txt", "T/Deer.txt", "T/times/Deer_time.txt"}


def test_an_import_on_a_full_disk_leaves_the_older_one(tmp_path: Path) -> None:
    file = save_import(tmp_path, results(1.0, 10))
    older = file.read_bytes()
    with disk_with(4096), pytest.raises(InputError, match=r"cannot write .*T\.npz \(File too large\)"):
        save_import(tmp_path, results(2.0))
    assert file.read_bytes() == older
    assert [path.name for path in file.parent.iterdir()] == ["T.npz"]
    with disk_with(16), pytest.raises(InputError, match=r"cannot write .*another --results"):
        save_import(tmp_path / "new", results(2.0))
    assert not (tmp_path / "new").exists()


def test_bundles_on_a_full_disk(tmp_path: Path) -> None:
    run = write_run(tmp_path / "from")
    out = tmp_path / "out" / "run.zip"
    pack(run, out)
    older = out.read_bytes()
    (run / BOXES).write_bytes(os.urandom(1 << 16))
    with disk_with(4096), pytest.raises(InputError, match=r"cannot write .*run\.zip \(File too large\)"):
        pack(run, out)
    assert contents(out.parent) == {"run.zip": older}
    pack(run, out)
    with disk_with(4096), pytest.raises(InputError, match=r"cannot write .*another --results"):
        unpack(out, tmp_path / "there" / "runs")
    assert not (tmp_path / "there").exists()


def test_what_killed_imports_leave_is_cleaned_away(tmp_path: Path) -> None:
    (file,) = {save_import(tmp_path, results(1.0, 10))}
    run = unpack(bundle_of({"manifest.json": SOUND}, tmp_path / "run.zip"), tmp_path / "runs")
    left = [part_of(file), part_of(run) / "boxes.txt"]
    for part in left:
        part.parent.mkdir(exist_ok=True)
        part.write_text("half")
        os.utime(part, (1, 1))
    os.utime(left[1].parent, (1, 1))
    before = contents(tmp_path)
    assert len(clean(Results(tmp_path), keep=1)) == 2
    assert contents(tmp_path) == {name: text for name, text in before.items() if ".part" not in name}
    assert not left[1].parent.exists()


def test_no_space_left_where_files_take_their_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    bundle = bundle_of({"manifest.json": SOUND}, tmp_path / "run.zip")
    there = tmp_path / "there"
    monkeypatch.setattr(os, "replace", full)
    monkeypatch.setattr(Path, "rename", full)
    for work in (
        lambda: save_import(there, results(2.0, 10)),
        lambda: export_results([results(2.0, 10)], read_dialect("otb"), there),
        lambda: unpack(bundle, there),
    ):
        with pytest.raises(InputError, match="No space left on device"):
            work()
        assert contents(there) == {}


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that takes nothing of root either")
def test_a_place_that_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = write_run(tmp_path / "from")
    pack(run, tmp_path / "run.zip")
    for place in (tmp_path / "file" / "below", Path("/proc/self")):
        with pytest.raises(InputError, match="cannot write"):
            save_import(place, results(1.0, 3))
        with pytest.raises(InputError, match="cannot write"):
            export_results([results(1.0, 3)], read_dialect("otb"), place)
        with pytest.raises(InputError, match="cannot write"):
            pack(run, place / "run.zip")
        with pytest.raises(InputError, match="cannot write"):
            unpack(tmp_path / "run.zip", place / "runs")

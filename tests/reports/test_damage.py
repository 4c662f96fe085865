"""A run whose files somebody damaged is a report, or one line; never another exception."""

from __future__ import annotations

import copy
import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from benchmark.runs import Run
from benchmark.store.record import read_arrays, write_arrays
from benchmark.store.results import writing
from reports.model import Report, build_report
from reports.write import write_report
from trackers.errors import InputError

WRONG = (None, True, -1, 0, 1.5, 1e308, 10**30, "", "x", "../..", [], [1], ["a"], {}, {"a": 1})
FILES = ("scores.json", "manifest.json", "ground_truth.npz", "latency", "telemetry")


@pytest.fixture(scope="module")
def small_run(tmp_path_factory: pytest.TempPathFactory, make: Callable[..., Path]) -> Path:
    results = tmp_path_factory.mktemp("damage") / "results"
    return make(results, {"siamfc": 0.6, "memtrack": 0.8}, ("first", "second", "third"), 30, pictures=False)


def patterns(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the places in a document, of lists their first item alone."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from patterns(one, (*path, key))


def mutate(content: Any, share: float, wrong: Any) -> Any:
    """Return a document with another value at one place, or, for `wrong` "remove", without it."""
    changed = copy.deepcopy(content)
    found = list(patterns(changed))
    *path, last = found[int(share * len(found))]
    holder = changed
    for key in path:
        holder = holder[key]
    if wrong == "remove":
        del holder[last]
    else:
        holder[last] = wrong
    return changed


@contextmanager
def damaged(run: Path, what: str, share: float, wrong: Any) -> Iterator[None]:
    """Change one value in a run's file, or in what is attached to its records, while the block runs."""
    file = run / what if "." in what else next((run.parents[1] / "records").rglob(f"*.{what}.npz"))
    before = file.read_bytes()
    if file.suffix == ".json":
        file.write_text(json.dumps(mutate(json.loads(before), share, wrong)))
    else:
        facts, arrays = read_arrays(file) or ({}, {})
        write_arrays(file, mutate(facts, share, wrong), arrays)
    try:
        yield
    finally:
        file.write_bytes(before)


DAMAGE = (st.sampled_from(FILES), st.floats(0, 1, exclude_max=True), st.sampled_from((*WRONG, "remove")))


@given(*DAMAGE)
@settings(deadline=None)
def test_a_damaged_run_is_read_or_one_line(small_run: Path, what: str, share: float, wrong: Any) -> None:
    with damaged(small_run, what, share, wrong):
        try:
            run = Run.read(small_run)
        except InputError as error:
            told = str(error)
        else:
            for tracker in ("siamfc", "memtrack"):
                run.latency(tracker)
                run.telemetry(tracker, "first")
                run.trajectory(tracker, "first")
            _ = run.truth
            told = "read"
        assert len(told.splitlines()) == 1


@pytest.mark.parametrize(
    ("at", "kept", "reason"),
    [
        (("dataset", "sequences"), 0, "names no sequence"),
        (("dataset", "sequences"), 1, "has a record of 'siamfc' on 'second', not both of its lists"),
        (("trackers",), 1, "has a record of 'memtrack' on 'first', not both of its lists"),
    ],
)
def test_a_manifest_whose_lists_lack_what_its_records_name_is_one_line(
    small_run: Path, tmp_path: Path, at: tuple[str, ...], kept: int, reason: str
) -> None:
    run = shutil.copytree(small_run, tmp_path / "run")
    content = json.loads((run / "manifest.json").read_text())
    *path, last = at
    holder = content
    for key in path:
        holder = holder[key]
    holder[last] = holder[last][:kept]
    (run / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=reason):
        Run.read(run)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@given(*DAMAGE)
@settings(deadline=None, max_examples=2000)
def test_a_damaged_run_is_a_report_or_one_line(small_run: Path, what: str, share: float, wrong: Any) -> None:
    with damaged(small_run, what, share, wrong):
        try:
            report = build_report([small_run], frames=False)
        except InputError as error:
            told = str(error)
        else:
            with tempfile.TemporaryDirectory() as folder:
                told = str(write_report(report, Path(folder), figures=False))
        assert len(told.splitlines()) == 1


@pytest.fixture(scope="module")
def report(small_run: Path) -> Report:
    return build_report([small_run], frames=False)


@pytest.mark.parametrize("full", ["scores.csv", "scores.tex", "report.md", "report.json", "success.pdf", "report.html"])
def test_a_full_disk_leaves_every_file_whole_and_no_litter(
    report: Report, tmp_path: Path, monkeypatch, full: str
) -> None:
    figure = Figure()
    figure.subplots().plot([1, 2])
    monkeypatch.setattr("reports.plots.files.drawn_figures", lambda *_, **__: [("success", figure)])
    write_report(report, tmp_path)
    before = {file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert {"scores.csv", "scores.tex", "success.pdf", "success.svg", "success.png"} <= {path.name for path in before}
    opened: list[str] = []
    plain_open, fsync = Path.open, os.fsync

    def open_part(path: Path, *options: Any, **named: Any) -> Any:
        opened.append(path.name)
        return plain_open(path, *options, **named)

    def fill(number: int) -> None:
        if f".{full}." in opened[-1]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(number)

    monkeypatch.setattr(Path, "open", open_part)
    monkeypatch.setattr("benchmark.store.record.os.fsync", fill)
    with pytest.raises(InputError, match="No space left on device") as told, writing(tmp_path):
        write_report(report, tmp_path)
    assert len(str(told.value).splitlines()) == 1
    assert {file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


@pytest.fixture
def archive(small_run: Path) -> Iterator[Path]:
    """A results folder that nobody may write, as whoever the test runs as."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        copied = Path(folder) / "results"
        shutil.copytree(small_run.parents[1], copied, symlinks=True)
        os.chmod(folder, 0o755)
        (copied / "latest").write_text(small_run.name)
        for path in (copied, *copied.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o555 if path.is_dir() else 0o444)
        yield copied
        for path in (copied, *copied.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)


@contextmanager
def nobody() -> Iterator[None]:
    """Be a user whom mode bits bind while the block runs; root is not one."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs users and mode bits")
def test_an_archive_that_cannot_be_written_is_listed_reported_compared_and_exported(archive: Path, run_bench) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o777)
        out, results = Path(folder), ("--results", archive)
        with nobody():
            listed = run_bench("results", *results)
            done = [
                listed,
                run_bench("report", "latest", "--out", out / "report", "--no-frames", *results),
                run_bench("compare", "latest", "latest", "--out", out / "compare", "--no-frames", *results),
                run_bench("export", "latest", "-f", "otb", "-o", out / "otb", *results),
                run_bench("export", "latest", "-f", "bundle", "-o", out / "run.zip", *results),
            ]
            inside = run_bench("report", "latest", "--no-frames", *results)
            cleaned = run_bench("results", "gc", *results)
        assert [one.stderr for one in done if one.returncode] == []
        assert "siamfc" in listed.stdout
        for refused in (inside, cleaned):
            assert refused.returncode == 2
            assert len(refused.stderr.splitlines()) == 1
        assert {path.name for path in out.iterdir()} == {"report", "compare", "otb", "run.zip"}

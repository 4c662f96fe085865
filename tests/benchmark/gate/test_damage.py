"""A baseline that somebody damaged, or made up, is one line and exit code 2: never a verdict."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmark.gate.baseline import Baseline, _digest, read_baseline, write_baseline
from trackers.errors import InputError

from .conftest import timings

WRONG = (None, True, -1, 1.5, 10**30, "", "x", "1 2 3", "inf inf inf inf", [], [1], ["a"], {}, {"a": 1})


@pytest.fixture
def content(tmp_path: Path, snapshot, changed) -> dict[str, Any]:
    """A sound baseline, as plain data, without schema and digest."""
    write_baseline(tmp_path / "b.json", Baseline(changed(snapshot, {"speed": timings(20.0)}), "a date", "why", "a run"))
    whole = json.loads((tmp_path / "b.json").read_text())
    return {name: value for name, value in whole.items() if name not in ("schema", "digest")}


def write(file: Path, content: dict[str, Any]) -> Path:
    """Write a baseline whose digest is right."""
    file.write_text(json.dumps({"schema": 1, "digest": _digest(content), **content}))
    return file


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


@pytest.mark.parametrize(
    "text",
    [
        "{}", "[]", "null", "", "{", '{"schema": 0}', '{"schema": 2}', '{"schema": "1"}', '{"schema": 1}', "NaN",
        '{"schema": 1, "seed": NaN}', '{"schema": 1, "seed": Infinity}', '{"schema": 1, "seed": 1e999}', "[" * 100_000,
        '{"schema": 1, "a": ' + "[" * 900 + "]" * 900 + "}", '{"schema": 1, "schema": 1}',
        '{"schema": 1, "seed": ' + "9" * 5000 + "}", '{"schema": 1, "digest": 3}', "\ufeff{}",
        '{"schema": 1, "a": "\ud800"}',
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_the_gate_says_in_one_line_what_is_wrong_with_its_baseline(run_bench, tmp_path: Path, text: str) -> None:
    (tmp_path / "b.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    done = run_bench("gate", "--baseline", tmp_path / "b.json", "--results", tmp_path / "results")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"run_bench: {tmp_path / 'b.json'} ")


def mutants() -> st.SearchStrategy[Callable[[dict[str, Any]], dict[str, Any]]]:
    """Return changes of one value of a document: another one in its place, it taken out, or one more of it."""

    def change(share: float, wrong: Any, kind: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
        def mutate(content: dict[str, Any]) -> dict[str, Any]:
            changed = copy.deepcopy(content)
            found = places(changed)[1:]
            *path, last = found[int(share * len(found))]
            holder: Any = changed
            for key in path:
                holder = holder[key]
            if kind == "remove":
                del holder[last]
            elif kind == "repeat" and isinstance(holder, list):
                holder.append(holder[last])
            else:
                holder[last] = wrong
            return changed

        return mutate

    kinds = st.sampled_from(["replace", "replace", "replace", "remove", "repeat"])
    return st.builds(change, st.floats(0, 1, exclude_max=True), st.sampled_from(WRONG), kinds)


def a_baseline_or_one_line(file: Path) -> None:
    try:
        baseline = read_baseline(file)
    except InputError as error:
        told = str(error)
    else:
        write_baseline(file, baseline)
        assert read_baseline(file).run == baseline.run
        return
    assert len(told.splitlines()) == 1


FIXTURE = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


@given(mutate=mutants())
@settings(suppress_health_check=FIXTURE, deadline=None)
def test_any_wrong_value_is_one_line_even_where_the_digest_is_right(content, tmp_path_factory, mutate) -> None:
    a_baseline_or_one_line(write(tmp_path_factory.mktemp("b") / "b.json", mutate(content)))


@pytest.mark.slow
@given(mutate=mutants())
@settings(suppress_health_check=FIXTURE, deadline=None, max_examples=5000)
def test_many_wrong_values_are_one_line(content, tmp_path_factory, mutate) -> None:
    a_baseline_or_one_line(write(tmp_path_factory.mktemp("b") / "b.json", mutate(content)))

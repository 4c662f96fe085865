"""What the README shows is what happens, and what it and the documentation say of studies is what their answers say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text()


def test_the_example_tracker_runs_as_shown(tmp_path: Path, picture_folder: Path, run_bench) -> None:
    (code,) = re.findall(r"```python\n# ncc\.py.*?\n(.*?)```", README, re.DOTALL)
    (tmp_path / "ncc.py").write_text(code)
    assert "run_bench --trackers py:ncc.py,siamfc" in README
    words = ("-t", f"py:{tmp_path / 'ncc.py'}", "--dataset", "folder", "--data-root", picture_folder, "--json", "-")
    done = run_bench(*words)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["trackers"][0]["summary"]["overall"]["auc"] > 0.9


def test_the_trackers_of_the_table_are_those_of_all() -> None:
    from trackers.registry import PAPERS_FIVE

    assert tuple(re.findall(r"^\| `([a-z-]+)` \|", README, re.MULTILINE)) == PAPERS_FIVE


STUDIES = (REPOSITORY / "docs" / "studies.md").read_text()
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight")


def answers(dataset: str) -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in REPOSITORY.glob(f"results/studies/*/{dataset}/study.json")]


def compared(dataset: str) -> list[dict[str, Any]]:
    return [row["auc"] for answer in answers(dataset) for row in answer["findings"] + answer["crossed"]]


@pytest.mark.parametrize(
    ("dataset", "begins"),
    [
        ("demo-large", "**On rendered video"),
        ("demo-full", "**The time that memories take"),
        ("OTB100", "**On the 14 real"),
    ],
)
def test_every_difference_of_the_readme_is_of_an_answer(dataset: str, begins: str) -> None:
    (paragraph,) = re.findall(re.escape(begins) + r".*?\n\n", README, re.DOTALL)
    told = re.findall(r"([+-]?\.\d{3})[^.]*?([+-]\.\d{3}) to ([+-]\.\d{3})", paragraph)
    kept = {
        tuple(round(value, 3) for value in (row["difference"], row["interval"]["low"], row["interval"]["high"]))
        for row in compared(dataset)
    }
    assert len(told) > 1
    assert {tuple(map(float, row)) for row in told} <= kept


@pytest.mark.parametrize(
    ("study", "other", "cause", "words"),
    [
        ("memory-by-cause", "dualmn-short", "occlusion", r"through\nocclusion \((\S+)\)"),
        ("memory-by-cause", "dualmn-long", "rotation", r"turns \((\S+)\)"),
        ("memory-by-cause", "dualmn-long", "scale", r"changes its size \((\S+)\)"),
        ("memory-by-cause", "memtrack", "appearance", r"looks change \((\S+)\)"),
        ("memtrack-components", "hard read", "occlusion", r"hidden \((\S+) and"),
        ("memtrack-components", "queue", "occlusion", r"hidden \(\S+ and (\S+)\)"),
    ],
)
def test_what_the_readme_says_of_a_cause_is_shown(study: str, other: str, cause: str, words: str) -> None:
    answer = json.loads((REPOSITORY / f"results/studies/{study}/demo-large/study.json").read_text())
    (cell,) = [row["by_cause"][cause] for row in answer["findings"] if row["other"] == other]
    (told,) = re.findall(words, README)
    assert (float(told), cell["p_holm"] < 0.05) == (round(cell["difference"], 2), True)


def test_how_many_studies_are_answered_is_counted() -> None:
    told = re.findall(
        r"(\w+) studies on these 14, (\w+) on `demo-full`, (\w+) on the 720 videos of `demo-large`", README
    )
    counted = [len(answers(one)) for one in ("OTB100", "demo-full", "demo-large")]
    assert [NUMBERS.index(word) + 1 for word in told[0]] == counted


RENDERED = (
    r"differences of (?P<low>\S+) to (?P<high>\S+) in 80 of 100\nexperiments in the (?P<comparisons>\d+) comparisons of"
    r" the (?P<studies>\w+) .*? takes (?P<needed>\S+ to \S+) such"
)
REAL = (
    r"the (?P<comparisons>\d+) comparisons of the\n\[(?P<studies>\w+) .*? of (?P<low>\S+) \(.*?\)\nto (?P<high>\S+) in"
    r" .*? takes (?P<needed>\S+ to \S+) such"
)


def test_what_is_said_of_the_large_set_is_what_its_answers_say() -> None:
    (paragraph,) = re.findall(r"\*\*The 720 of `demo-large`\*\*.*?\n\n", STUDIES, re.DOTALL)
    (numbers,) = re.findall(r"differences of (\S+) to (\S+) in .*? takes (\S+ to \S+) such", paragraph, re.DOTALL)
    low, high, needed = numbers
    rows = compared("demo-large")
    detectable = [row["detectable"] for row in rows]
    for text, value in ((low, min(detectable)), (high, max(detectable))):
        assert float(text) == round(value, len(text) - 1)
    assert needed == f"{min(row['needed'] for row in rows):,} to {max(row['needed'] for row in rows):,}"
    told = {float(one) for one in re.findall(r"[+-]\.\d{3}\b", paragraph)}
    assert told
    assert told <= {round(row["difference"], 3) for row in rows}


@pytest.mark.parametrize(("dataset", "words"), [("demo-full", RENDERED), ("OTB100", REAL)])
def test_what_such_data_show_is_what_the_answers_say(dataset: str, words: str) -> None:
    told, rows = re.search(words, STUDIES, re.DOTALL), compared(dataset)
    assert told
    assert (int(told["comparisons"]), NUMBERS.index(told["studies"]) + 1) == (len(rows), len(answers(dataset)))
    detectable, needed = ([row[key] for row in rows] for key in ("detectable", "needed"))
    for text, value in ((told["low"], min(detectable)), (told["high"], max(detectable))):
        assert float(text) == round(value, len(text) - 1)
    assert told["needed"] == f"{min(needed):,} to {max(needed):,}"

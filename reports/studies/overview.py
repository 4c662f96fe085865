"""All answers that a folder of studies keeps, on one page: what was asked of which data, and what was found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from benchmark.datasets.listing import folders
from benchmark.p_values import p_text
from benchmark.signed import signed
from benchmark.store.record import write_whole
from benchmark.studies.answer import FILE, Answer, Effect, read_answer
from benchmark.studies.effects import found_words
from reports.tables.markdown import plain_text
from trackers.errors import InputError

__all__ = ["write_overview"]

PAGE = "studies.md"
HEADINGS = ("on", "comparison", "AUC difference [95 %]", "p", "found", "the paper")


def write_overview(folder: Path) -> Path:
    """Write ``studies.md`` into a folder whose ``STUDY/DATASET`` hold answers; return it.

    An answer that is damaged is named there, and stops nobody who has just made another.
    """
    lines = ["# Studies: what was asked, and what was found", ""]
    for place in folders(folder):
        lines += _study(place)
    page = folder / PAGE
    write_whole(page, "\n".join(lines).encode())
    return page


def _study(place: Path) -> Iterator[str]:
    """Yield the lines about one study: its question, then a row a dataset and comparison."""
    answers: dict[str, Answer] = {}
    damaged: list[str] = []
    for one in folders(place):
        try:
            if (answer := read_answer(one)) is not None:
                answers[one.name] = answer
        except InputError:
            damaged.append(f"{place.name}/{one.name}/{FILE}")
    if answers:
        first = next(iter(answers.values()))
        yield from (f"## {plain_text(first.question)}", "", f"Study {plain_text(first.study)}.", "")
        yield from (f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}")
        for name, answer in answers.items():
            page = f"[{plain_text(answer.coverage)}]({quote(f'{place.name}/{name}/study.md')})"
            yield from (f"| {' | '.join((page, *row))} |" for row in _rows(answer))
        yield ""
    yield from (line for one in damaged for line in (f"{plain_text(one)} is damaged: answer that study again.", ""))


def _rows(answer: Answer) -> Iterator[tuple[str, ...]]:
    """Yield what was found of every comparison, then of every crossed effect."""
    for one in answer.findings:
        paper = "–" if one.expects is None else f"{one.expects}: {one.verdict}"
        yield plain_text(one.title), *_effect(one.auc, answer.relevant), paper
    for crossed in answer.crossed:
        yield plain_text(crossed.title), *_effect(crossed.auc, answer.relevant), "–"
    if not answer.findings and not answer.crossed:
        yield ("nothing that could be compared yet", *["–"] * (len(HEADINGS) - 2))


def _effect(one: Effect, relevant: float) -> tuple[str, str, str]:
    """Return a difference with its interval, its corrected p, and what was found."""
    text, found = signed(one.difference), found_words(one, relevant)
    if one.interval is None:
        return text, "–", found
    ends = f"{signed(one.interval.low)} to {signed(one.interval.high)}"
    shown = found if found == "not shown" else f"**{plain_text(found)}**"
    return f"{text} [{ends}]", "–" if one.p_holm is None else p_text(one.p_holm), shown

"""Study files: TOML, read so that whatever is wrong is one line with the file and the key (docs/studies.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import sha256
from importlib.resources import files
from math import prod
from pathlib import Path
from typing import Any, NoReturn, NotRequired, TypedDict

from benchmark.bounds import MOST_JITTER, MOST_REPEATS
from benchmark.datasets.lookup import find_dataset
from benchmark.documents import parse_toml, read_bytes
from benchmark.profiles import profile_names
from benchmark.protocols import PROTOCOLS
from benchmark.shapes import check
from benchmark.studies.study import Comparison, Expected, Factor, Study, cell_label, grid
from benchmark.studies.variants import is_delta, varied
from trackers.errors import InputError, did_you_mean
from trackers.printable import printable

__all__ = ["find_study", "parse_study", "study_names"]


MOST = {"repeats": MOST_REPEATS, "relevant": 0.999, "jitter": MOST_JITTER}
"""More is a slip of the pen; a plan of it would not end."""
CELLS = 1000
"""Combinations of factors at the most."""


class _Expectation(TypedDict):
    other: str
    base: NotRequired[str]
    expects: NotRequired[Expected]
    source: NotRequired[str]
    same_time: NotRequired[bool]


class _File(TypedDict):
    question: str
    base: str
    label: NotRequired[str]
    about: NotRequired[str]
    variants: NotRequired[Mapping[str, str]]
    factors: NotRequired[Mapping[str, Mapping[str, str]]]
    comparisons: NotRequired[list[_Expectation]]
    datasets: NotRequired[list[str]]
    protocol: NotRequired[str]
    profile: NotRequired[str]
    relevant: NotRequired[float]
    repeats: NotRequired[int]
    jitter: NotRequired[float]
    telemetry: NotRequired[bool]
    learnt: NotRequired[list[str]]


def study_names() -> tuple[str, ...]:
    """Return the studies that ship, in alphabetical order."""
    folder = files(__package__)
    return tuple(sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml")))


def find_study(wanted: str, base: str = "") -> Study:
    """Return a study by the name of one that ships or by its file; `base` names a tracker to put in the base's place.

    Raises InputError where there is none, or something in it is wrong.
    """
    known = study_names()
    if wanted in known:
        text = files(__package__).joinpath(f"{wanted}.toml").read_text("utf-8")
        return parse_study(text, wanted, f"{wanted}.toml", base=base)
    file = Path(wanted)
    if not file.is_file():
        hint = did_you_mean(wanted, known)
        raise InputError(f"no study {wanted!r}.{hint} `run_bench study` lists those that ship; a file ends in .toml")
    try:
        text = read_bytes(file).decode("utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read ({getattr(error, 'strerror', None) or error})") from None
    return parse_study(text, file.stem, str(file), file.absolute().parent, base)


def parse_study(text: str, name: str, file: str, folder: Path | None = None, base: str = "") -> Study:
    """Return the study that a TOML text declares; InputError, which begins with `file`, for the first fault.

    A tracker's ``py:`` file is looked for in `folder` first.
    """
    try:
        content = parse_toml(text)
        check(content, _File)
    except ValueError as error:
        raise InputError(f"{file}: {error}") from None
    return _Reader(content, file, folder).study(name, base, sha256(text.encode()).hexdigest())


class _Reader:
    """One file that is being read."""

    def __init__(self, content: Mapping[str, Any], file: str, folder: Path | None) -> None:
        self._content, self._file, self._folder = content, file, folder

    def study(self, name: str, base: str, digest: str) -> Study:
        content = self._content
        self._known(content, _File.__annotations__, "")
        for index, one in enumerate(content.get("comparisons", ())):
            self._known(one, _Expectation.__annotations__, f"comparisons[{index}].")
        self._check_values()
        label = content.get("label", "base")
        first = base or self._beside(content["base"])
        trackers = {label: first, **self._variants(first, label)}
        places = {one: f"variants.{one}" for one in trackers} | {label: "--trackers" if base else "base"}
        factors = tuple(Factor(one, levels) for one, levels in content.get("factors", {}).items())
        for cell in grid(factors) if factors else ():
            own = cell_label(cell)
            if own in trackers:
                self._fail("factors", f"has a combination {own!r}, which another tracker is called already")
            trackers[own] = self._varied(first, "factors", *(f.levels[cell[f.name]] for f in factors))
            places[own] = "factors"
        if len(trackers) < 2:
            self._fail("", "there is nothing to compare: add [variants] or [factors]")
        self._labels(content.get("learnt", ()), trackers, "learnt")
        if label in content.get("learnt", ()):
            self._fail("learnt", f"names the base {label!r}: variants learn otherwise than it does")
        return Study(
            name=name,
            question=_line(content["question"]),
            about=_line(content.get("about", "")),
            base=label,
            trackers=trackers,
            comparisons=self._comparisons(trackers, label, self._moved(trackers, label) if base else ()),
            datasets=tuple(map(find_dataset, content.get("datasets", ("demo-full",)))),
            factors=factors,
            digest=digest,
            file=self._file,
            places=places,
            telemetry=content.get("telemetry", content.get("protocol") != "vot-supervised"),
            **{key: content[key] for key in ("protocol", "profile", "relevant", "repeats", "jitter")
               if key in content},
            learnt=tuple(content.get("learnt", ())),
        )  # fmt: skip

    def _check_values(self) -> None:
        content = self._content
        self._check_texts()
        if content.get("protocol", "ope") not in PROTOCOLS:
            self._fail("protocol", f"is none of {', '.join(PROTOCOLS)}")
        if content.get("protocol") == "vot-supervised" and content.get("telemetry"):
            self._fail("telemetry", "has a row for every frame, which runs with restarts do not")
        known = profile_names()
        if (profile := content.get("profile")) is not None and profile not in known:
            self._fail("profile", f"is none of {', '.join(known)}.{did_you_mean(profile, known)}")
        self._check_datasets()
        if content.get("comparisons") == [] and not content.get("factors"):
            self._fail("comparisons", "names none: leave it out to compare every variant with the base")
        for key, least in (("repeats", 1), ("jitter", 0), ("relevant", 0)):
            if content.get(key, least) < least:
                self._fail(key, f"is less than {least}")
            if content.get(key, least) > MOST[key]:
                self._fail(key, f"is more than {MOST[key]:g}")
        if content.get("relevant") == 0:
            self._fail("relevant", "is 0: say from which difference of success AUC on it counts, 0.01 by default")
        for factor, levels in content.get("factors", {}).items():
            if len(levels) < 2:
                self._fail(f"factors.{factor}", "has fewer than two levels")
        if (cells := prod(map(len, content.get("factors", {}).values()))) > CELLS:
            self._fail("factors", f"have {cells:,} combinations, more than {CELLS:,}")

    def _check_texts(self) -> None:
        """Refuse labels and texts that are empty, or that a terminal or a table could not show as they are."""
        content = self._content
        factors = content.get("factors", {})
        rows = enumerate(content.get("comparisons", ()))
        labels = [(key, one) for key in ("variants", "factors") for one in content.get(key, ())]
        labels += [(f"factors.{factor}", level) for factor, levels in factors.items() for level in levels]
        texts = [(key, content[key]) for key in ("question", "base", "label") if key in content]
        for key, text in texts:
            if not text.strip():
                self._fail(key, "is empty")
        for key, text in labels:
            if not text.strip():
                self._fail(key, "has an empty label")
        texts += [("about", content.get("about", ""))]
        texts += [(f"comparisons[{index}].source", one.get("source", "")) for index, one in rows]
        for key, text in [*labels, *((key, _line(text)) for key, text in texts)]:
            if printable(text) != text:
                self._fail(key, f"has what cannot be shown: {printable(text)}")

    def _check_datasets(self) -> None:
        known: set[str] = set()
        for name in self._content.get("datasets", ("demo-full",)):
            try:
                meant = find_dataset(name)
            except InputError as error:
                self._fail("datasets", str(error))
            if meant in known:
                self._fail("datasets", f"names {meant} twice")
            known.add(meant)
        if not known:
            self._fail("datasets", "names none")

    def _variants(self, base: str, label: str) -> dict[str, str]:
        found = {}
        for own, text in self._content.get("variants", {}).items():
            if own == label:
                self._fail(f"variants.{own}", f"has the base's own label {label!r}")
            found[own] = self._varied(base, f"variants.{own}", text) if is_delta(text) else self._beside(text)
        return found

    def _varied(self, base: str, key: str, *deltas: str) -> str:
        try:
            return varied(base, *deltas)
        except InputError as error:
            self._fail(key, str(error))

    def _beside(self, name: str) -> str:
        """Return a tracker's name, a relative ``py:`` file looked for in the study's folder first."""
        prefix, _, rest = name.partition(":")
        if self._folder is None or prefix != "py":
            return name
        there = (self._folder / f"{rest.partition('.py')[0]}.py").is_file()
        return f"py:{self._folder / rest}" if there else name

    def _moved(self, trackers: Mapping[str, str], label: str) -> set[str]:
        """Return the labels of the base and of all that is made from it by deltas."""
        named = {own for own, text in self._content.get("variants", {}).items() if not is_delta(text)}
        return {one for one in trackers if one == label or one not in named}

    def _comparisons(self, trackers: Mapping[str, str], label: str, moved: Collection[str]) -> tuple[Comparison, ...]:
        """Return what is compared; of `moved` labels, which mean other trackers now, no paper says anything."""
        rows = self._content.get("comparisons")
        if rows is None:
            return tuple(Comparison(one, label) for one in trackers if one in self._content.get("variants", {}))
        found: list[Comparison] = []
        for index, row in enumerate(rows):
            one = Comparison(**{"base": label, **row, "source": _line(row.get("source", ""))})
            self._labels((one.other, one.base), trackers, f"comparisons[{index}]")
            if one.other == one.base:
                self._fail(f"comparisons[{index}]", f"holds {one.other!r} against itself")
            if one.expects and not one.source:
                self._fail(f"comparisons[{index}].source", "is missing: say where the paper says what is expected")
            if any({one.other, one.base} == {other.other, other.base} for other in found):
                self._fail(f"comparisons[{index}]", f"compares {one.other!r} with {one.base!r} a second time")
            found.append(Comparison(one.other, one.base) if {one.other, one.base} & {*moved} else one)
        return tuple(found)

    def _labels(self, labels: Collection[str], trackers: Mapping[str, str], key: str) -> None:
        for one in labels:
            if one not in trackers:
                self._fail(key, f"names {one!r}, which is no tracker of the study.{did_you_mean(one, trackers)}"
                                f" There are: {', '.join(trackers)}")  # fmt: skip

    def _known(self, content: Mapping[str, Any], known: Collection[str], where: str) -> None:
        for key in content:
            if key not in known:
                self._fail(f"{where}{key}", f"is no field of a study.{did_you_mean(key, known)}")

    def _fail(self, key: str, what: str) -> NoReturn:
        raise InputError(f"{self._file}: {key} {what}" if key else f"{self._file}: {what}")


def _line(text: str) -> str:
    """Return a text that may go over several lines as one."""
    return " ".join(text.split())

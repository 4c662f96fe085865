"""Study files: TOML, read so that whatever is wrong is one line with the file and the key (docs/studies.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn, NotRequired, TypedDict

from benchmark.documents import LARGEST, parse_toml
from benchmark.profiles import profile_names
from benchmark.protocols import PROTOCOLS
from benchmark.shapes import check
from benchmark.studies.study import Comparison, Expected, Factor, Study, cell_label, grid
from benchmark.studies.variants import is_delta, varied
from trackers.errors import InputError, did_you_mean

__all__ = ["find_study", "parse_study", "study_names"]


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
        with file.open("rb") as opened:
            text = opened.read(LARGEST).decode("utf-8")
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
        factors = tuple(Factor(one, levels) for one, levels in content.get("factors", {}).items())
        for cell in grid(factors) if factors else ():
            trackers[cell_label(cell)] = self._varied(first, "factors", *(f.levels[cell[f.name]] for f in factors))
        if len(trackers) < 2:
            self._fail("variants", "there is nothing to compare: add [variants] or [factors]")
        self._labels(content.get("learnt", ()), trackers, "learnt")
        return Study(
            name=name,
            question=content["question"].strip(),
            base=label,
            trackers=trackers,
            comparisons=self._comparisons(trackers, label),
            datasets=tuple(content.get("datasets", ("demo-full",))),
            factors=factors,
            digest=digest,
            **{key: content[key] for key in ("about", "protocol", "profile", "relevant", "repeats", "jitter",
                                             "telemetry") if key in content},
            learnt=tuple(content.get("learnt", ())),
        )  # fmt: skip

    def _check_values(self) -> None:
        content = self._content
        if not content["question"].strip():
            self._fail("question", "is empty: say what the study asks")
        if content.get("protocol", "ope") not in PROTOCOLS:
            self._fail("protocol", f"is none of {', '.join(PROTOCOLS)}")
        if content.get("protocol") == "vot-supervised" and content.get("telemetry"):
            self._fail("telemetry", "has a row for every frame, which runs with restarts do not")
        known = profile_names()
        if (profile := content.get("profile")) is not None and profile not in known:
            self._fail("profile", f"is none of {', '.join(known)}.{did_you_mean(profile, known)}")
        if "datasets" in content and not content["datasets"]:
            self._fail("datasets", "names none")
        for key, least in (("repeats", 1), ("jitter", 0), ("relevant", 0)):
            if content.get(key, least) < least:
                self._fail(key, f"is less than {least}")
        if content.get("relevant") == 0:
            self._fail("relevant", "is 0: say from which difference of success AUC on it counts, 0.01 by default")
        for factor, levels in content.get("factors", {}).items():
            if len(levels) < 2:
                self._fail(f"factors.{factor}", "has fewer than two levels")

    def _variants(self, base: str, label: str) -> dict[str, str]:
        found = {}
        for own, text in self._content.get("variants", {}).items():
            if not own.strip():
                self._fail("variants", "has a variant without a label")
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

    def _comparisons(self, trackers: Mapping[str, str], label: str) -> tuple[Comparison, ...]:
        rows = self._content.get("comparisons")
        if rows is None:
            return tuple(Comparison(one, label) for one in trackers if one in self._content.get("variants", {}))
        found: list[Comparison] = []
        for index, row in enumerate(rows):
            one = Comparison(**{"base": label, **row})
            self._labels((one.other, one.base), trackers, f"comparisons[{index}]")
            if one.other == one.base:
                self._fail(f"comparisons[{index}]", f"holds {one.other!r} against itself")
            if one.expects and not one.source:
                self._fail(f"comparisons[{index}].source", "is missing: say where the paper says what is expected")
            if any((one.other, one.base) == (other.other, other.base) for other in found):
                self._fail(f"comparisons[{index}]", f"compares {one.other!r} with {one.base!r} a second time")
            found.append(one)
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
        raise InputError(f"{self._file}: {key} {what}")

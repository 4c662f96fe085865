"""Finds what a board is made of: runs in results folders and submissions, and says what is not listed, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from benchmark.datasets.listing import entries, matching
from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.selection import Selection, select
from benchmark.datasets.sequence import Sequence as Video
from benchmark.profiles import load_profile
from benchmark.runs import Run
from benchmark.store.results import MANIFEST
from reports.board.submissions import Submission, admit, read_submission
from reports.html.page import render
from reports.model import build_report
from trackers.errors import InputError, describe

__all__ = ["Gathered", "Listed", "gather"]


@dataclass(frozen=True)
class Listed:
    """One run that may be listed."""

    run: Run
    by: str = ""
    """Who submitted it; "" for one's own."""
    paper: str = ""
    """Where its tracker is described; "" where nothing is said."""
    page: str = ""
    """The report of a submission, drawn from what was checked; "" for one's own."""

    @cached_property
    def ended(self) -> float:
        """When it ended, in seconds since 1970, as far as its manifest's file tells."""
        return (self.run.folder / MANIFEST).stat().st_mtime

    @cached_property
    def truth(self) -> str:
        """A digest of the ground truth that it was scored against; "" where it kept none."""
        kept = self.run.truth
        if kept is None:
            return ""
        digest = sha256()
        for name, one in sorted(kept.annotations.items()):
            digest.update(name.encode("utf-8", "surrogatepass") + b"\0" + one.boxes.tobytes() + one.valid.tobytes())
        return digest.hexdigest()

    def name_of(self, tracker: str) -> str:
        """Return what a tracker of the run is called on the board."""
        return f"{tracker} (by {self.by})" if self.by else tracker


@dataclass(frozen=True)
class Gathered:
    """What was found."""

    listed: tuple[Listed, ...]
    refused: tuple[tuple[str, str], ...]
    """What is not listed, by file or folder, and why."""


def gather(places: Sequence[Path], room: Path, data_root: Path | None) -> Gathered:
    """Return the runs and submissions in some folders; bundles are unpacked below the folder `room`.

    A place is a results folder, a run's folder, or a folder with submissions. Raises InputError where one is none of
    these: a slip of the pen is not to be found out by what a page lacks.
    """
    own: list[Listed] = []
    refused: list[tuple[str, str]] = []
    sent: list[Submission] = []
    for place in places:
        folders = (
            [place] if (place / MANIFEST).is_file() else [one.parent for one in matching(place, f"runs/*/{MANIFEST}")]
        )
        files = (
            [] if folders or not place.is_dir() else [one for one in entries(place) if one.suffix in (".json", ".zip")]
        )
        if not folders and not files:
            raise InputError(
                f"{place}: neither a results folder with runs, nor a run's folder, nor one with submissions"
            )
        for folder in folders:
            try:
                own.append(Listed(Run.read(folder)))
            except InputError as error:
                refused.append((folder.name, _why(str(error), folder)))
        read, wrong = _read(files)
        sent += read
        refused += wrong
    listed = list(own)
    for index, one in enumerate(sent):
        try:
            run = admit(one, room / str(index), lambda run: find_truth(run, own, data_root))
            page = render(build_report([run.folder], frames=False))
        except InputError as error:
            refused.append((one.file.name, _why(str(error), one.bundle, room)))
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:  # a stranger's numbers
            refused.append((one.file.name, f"it holds what no run does ({_why(describe(error), room)})"))
        else:
            listed.append(Listed(run, one.by, one.paper, page))
    return Gathered(tuple(listed), tuple(refused))


def find_truth(run: Run, own: Sequence[Listed], data_root: Path | None) -> Selection:
    """Return the sequences of a stranger's run with the ground truth that is known here.

    It is the dataset's, where that is found; else that of a run of one's own on the same frames, where the profile
    needs no more than such a run keeps. Raises InputError where there is neither.
    """
    facts = run.manifest["dataset"]
    names, limit = facts["sequences"], facts["limit_frames"]
    dataset = open_dataset(facts["name"], data_root)
    if dataset.revision != facts["revision"]:
        raise InputError(f"it is of revision {facts['revision']} of {dataset.name}; here is {dataset.revision}")
    profile = load_profile(run.scores.profile, dataset.name)
    if profile.absent == "as any" and not profile.bounded and not profile.rounded:
        for one in own:
            kept, theirs = one.run.truth, one.run.manifest["dataset"]
            same = (theirs["name"], theirs["revision"], theirs["limit_frames"]) == (
                facts["name"],
                facts["revision"],
                limit,
            )
            if kept and same and set(names) <= set(kept.annotations):
                videos = tuple(Video(kept.annotations[name], ()) for name in names)
                return Selection(dataset.name, dataset.revision, videos, dataset.total, limit, dataset.rendered)
    try:
        return select(dataset, sequences=names, limit_frames=limit)
    except InputError as error:
        raise InputError(
            f"its scores cannot be checked: neither the dataset is found ({error}), nor has a run here its ground truth"
        ) from error


def _read(files: Sequence[Path]) -> tuple[list[Submission], list[tuple[str, str]]]:
    """Return the submissions among files, and what is wrong with the others; a bundle needs one that names it."""
    found: list[Submission] = []
    refused: list[tuple[str, str]] = []
    for file in files:
        if file.suffix == ".json":
            try:
                found.append(read_submission(file))
            except InputError as error:
                refused.append((file.name, _why(str(error), file)))
    named = {one.bundle.name for one in found}
    unnamed = (file.name for file in files if file.suffix == ".zip" and file.name not in named)
    return found, refused + [(name, "no submission names it") for name in unnamed]


def _why(text: str, *places: Path) -> str:
    """Return what an error says, without the folders of this machine."""
    for place in places:
        text = text.replace(f"{place}: ", "").replace(f"{place}/", "").replace(str(place), place.name)
    return text

"""What is found, and what is not listed and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.lookup import open_dataset
from benchmark.store.record import read_arrays, write_arrays
from reports.board.gathering import Gathered, gather
from trackers.errors import InputError


def gathered(tmp_path: Path, own: Path, *places: Path) -> Gathered:
    return gather([own, *places], tmp_path / "room", own / "videos")


def change(file: Path, edit: Callable[[dict], None]) -> None:
    content = json.loads(file.read_text())
    edit(content)
    file.write_text(json.dumps(content))


def test_a_submission_that_is_what_it_says_is_listed(
    own: Path, their_run: Path, submit: Callable[..., Path], tmp_path: Path
) -> None:
    found = gathered(tmp_path, own, submit(their_run, paper="https://example.org/kcf"))
    assert found.refused == ()
    theirs = found.listed[-1]
    assert (theirs.by, theirs.paper) == ("Some Group", "https://example.org/kcf")
    assert theirs.name_of("cv2:kcf") == "cv2:kcf (by Some Group)"
    (tracker,) = theirs.run.scores.trackers
    claimed = json.loads((their_run / "scores.json").read_text())["trackers"][0]
    assert tracker.summary.overall.auc == pytest.approx(claimed["summary"]["overall"]["auc"], abs=1e-4)
    assert "submitted by Some Group" in tracker.marks
    assert tracker.throughput is None, "a stranger's speed cannot be checked"


def raise_scores(run: Path) -> None:
    def edit(content: dict) -> None:
        for one in content["trackers"][0]["sequences"].values():
            one["auc"] = 0.99

    change(run / "scores.json", edit)


def leave_out_a_sequence(run: Path) -> None:
    change(run / "scores.json", lambda content: content["trackers"][0]["sequences"].pop("third"))


def move_the_truth(run: Path) -> None:
    facts, arrays = read_arrays(run / "ground_truth.npz")
    write_arrays(run / "ground_truth.npz", facts, {**arrays, "boxes": arrays["boxes"] + 1.0})


def claim_the_whole(run: Path) -> None:
    change(run / "manifest.json", lambda content: content["dataset"].update(revision="7"))


def drop_boxes(run: Path) -> None:
    next((run / "boxes").rglob("first.txt")).unlink()


def break_boxes(run: Path) -> None:
    next((run / "boxes").rglob("first.txt")).write_text("1,2,3\n")


def other_protocol(run: Path) -> None:
    change(run / "scores.json", lambda content: content.update(protocol="tre"))


def imported(run: Path) -> None:
    change(run / "scores.json", lambda content: content["trackers"][0].update(name="KCF (imported)"))


def no_repeats(run: Path) -> None:
    change(run / "manifest.json", lambda content: content.update(repeats=0))


def begin_beyond_the_end(run: Path) -> None:
    def edit(content: dict) -> None:
        for one in content["records"]:
            one["start"] = 10**9

    change(run / "manifest.json", edit)


def boxes_of_no_number(run: Path) -> None:
    for file in (run / "boxes").rglob("*.txt"):
        file.write_text("nan,nan,nan,nan\n" * 30)


def fewer_boxes(run: Path) -> None:
    file = next((run / "boxes").rglob("first.txt"))
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:7]))


def another_profile(run: Path) -> None:
    change(run / "scores.json", lambda content: content.update(profile="pysot"))


def more_repeats(run: Path) -> None:
    change(run / "manifest.json", lambda content: content.update(repeats=2))


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (raise_scores, "its boxes give a auc of"),
        (leave_out_a_sequence, "cv2:kcf neither finished nor failed on third"),
        (move_the_truth, "its ground truth of first is not that of folder here"),
        (claim_the_whole, "it is of revision 7 of folder"),
        (drop_boxes, "the boxes of cv2:kcf on first are not in it"),
        (break_boxes, "the boxes of cv2:kcf on first are not in it"),
        (other_protocol, "its protocol is tre"),
        (imported, "it holds imported results"),
        (no_repeats, "it has 0 repeats"),
        (begin_beyond_the_end, "first"),
        (boxes_of_no_number, "its boxes give"),
        (fewer_boxes, "first"),
        (another_profile, "its boxes give"),
        (more_repeats, "the boxes of cv2:kcf on first are not in it"),
        (lambda run: (run / "ground_truth.npz").unlink(), "it does not hold the ground truth"),
        (lambda run: (run / "scores.json").write_text("{"), "scores.json"),
    ],
)
def test_a_submission_that_does_not_hold_what_it_claims_is_refused_with_the_reason(
    tamper: Callable[[Path], None], says: str, own: Path, their_run: Path, submit: Callable[..., Path], tmp_path: Path
) -> None:
    tamper(their_run)
    found = gathered(tmp_path, own, submit(their_run))
    assert [one.by for one in found.listed] == [""]
    ((what, why),) = found.refused
    assert what == "theirs.json"
    assert says in why
    assert str(tmp_path) not in why, "a public page names no folder of this machine"
    assert "\n" not in why


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"seal": "0" * 64}, "its seal is not"),
        ({"seal": "x"}, "'seal' is not as its pattern has it"),
        ({"bundle": "../theirs.zip"}, "'bundle' is not as its pattern has it"),
        ({"bundle": "/etc/passwd.zip"}, "'bundle' is not as its pattern has it"),
        ({"bundle": "none.zip"}, "cannot be read"),
        ({"by": ""}, "'by' has 0 characters"),
        ({"by": 7}, "'by' is no text"),
        ({"by": None}, "'by' is missing"),
        ({"schema": 2}, "'schema' is not 1"),
        ({"paper": "javascript:alert(1)"}, "'paper' is not as its pattern has it"),
        ({"more": 1}, "'more' is no part of a submission"),
    ],
)
def test_a_submission_that_does_not_fit_the_schema_is_refused(
    changes: dict[str, object], says: str, own: Path, their_run: Path, submit: Callable[..., Path], tmp_path: Path
) -> None:
    found = gathered(tmp_path, own, submit(their_run, **changes))
    assert len(found.listed) == 1
    assert any(what == "theirs.json" and says in why for what, why in found.refused)


def test_a_changed_bundle_and_one_that_nothing_names_are_refused(
    own: Path, their_run: Path, submit: Callable[..., Path], tmp_path: Path
) -> None:
    folder = submit(their_run)
    file = folder / "theirs.zip"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    (folder / "alone.zip").write_bytes(b"PK")
    refused = dict(gathered(tmp_path, own, folder).refused)
    assert refused["alone.zip"] == "no submission names it"
    assert (
        "theirs.zip" in refused["theirs.json"]
        or "changed" in refused["theirs.json"]
        or "damaged" in refused["theirs.json"]
    )


def test_without_its_ground_truth_a_submission_cannot_be_checked(
    their_run: Path, submit: Callable[..., Path], tmp_path: Path
) -> None:
    def be_of_otb(content: dict) -> None:
        content["dataset"].update(
            name="OTB100", revision=open_dataset("OTB100", tmp_path).revision, sequences=["Couple"]
        )
        own = [one for one in content["records"] if one["sequence"] == "first"]
        content["records"] = [{**one, "sequence": "Couple"} for one in own]

    change(their_run / "manifest.json", be_of_otb)
    found = gather([submit(their_run)], tmp_path / "room", tmp_path)
    assert found.listed == ()
    assert "its scores cannot be checked" in found.refused[0][1]


def test_a_damaged_run_is_left_out_and_a_wrong_folder_is_a_slip(own: Path, tmp_path: Path) -> None:
    (run,) = (own / "runs").iterdir()
    (run / "scores.json").write_text("[]")
    assert [what for what, _ in gathered(tmp_path, own).refused] == [run.name]
    for place in (tmp_path / "none", own / "videos"):
        with pytest.raises(InputError, match="neither a results folder"):
            gathered(tmp_path, own, place)


def test_schema_and_reader_agree(tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="needs jsonschema, which came with another package")
    from reports.board.submissions import read_submission, schema

    good = {"schema": 1, "bundle": "a.zip", "seal": "0" * 64, "by": "me"}
    cases = [good, {**good, "paper": "https://x.org"}, {**good, "paper": "http://x.org"}, {**good, "by": "x" * 61},
             {**good, "bundle": "a.zip\n"}, {**good, "seal": "0" * 63}, {**good, "z": 1}, {}, {**good, "schema": True},
             {**good, "schema": "1"}, {**good, "by": ["me"]}, {**good, "bundle": ".a.zip"}]  # fmt: skip
    for index, case in enumerate(cases):
        file = tmp_path / f"{index}.json"
        file.write_text(json.dumps(case))
        valid = jsonschema.Draft202012Validator(schema()).is_valid(case)
        try:
            read_submission(file)
            read = True
        except InputError:
            read = False
        assert read == (valid and not str(case.get("bundle", "")).endswith("\n")), case


def test_scores_of_repeats_are_averaged_as_the_run_did(
    own: Path, run_bench, submit: Callable[..., Path], tmp_path: Path, picture_folder: Path
) -> None:
    words = ("-t", "cv2:mil", "-d", "folder", "--data-root", picture_folder, "--repeats", "2", "--jitter", "3", "-q")
    assert run_bench("run", *words, "--results", tmp_path / "repeated").returncode == 0
    (run,) = (tmp_path / "repeated" / "runs").iterdir()
    found = gather([submit(run)], tmp_path / "room", picture_folder)
    assert found.refused == ()
    claimed = json.loads((run / "scores.json").read_text())["trackers"][0]["summary"]["overall"]["auc"]
    assert found.listed[0].run.scores.trackers[0].summary.overall.auc == pytest.approx(claimed, abs=1e-4)
    assert np.isfinite(claimed)

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import write_folder
from PIL import Image

from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.selection import Selection, select
from benchmark.playback.stored import stored_scene
from benchmark.playback.trails import find_run
from benchmark.store.results import Results, slug
from reports.plots.style import colours
from reports.video.lettering import rgb

HEAD = 24
"""Rows above the frame at the natural width."""


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No report is drawn, and OpenCV encodes, whether or not there is an ffmpeg."""
    monkeypatch.setattr("run_bench._write_report", lambda run: run / "report.html")
    monkeypatch.setattr("benchmark.playback.files.find_ffmpeg", lambda: None)


@pytest.fixture
def stored(run_bench, tmp_path: Path) -> Callable[..., Path]:
    """Make a run and return its folder."""

    def make(*words: object) -> Path:
        done = run_bench(*words, "-q")
        assert done.returncode == 0, done.stderr
        return Path(done.stdout.strip()).parent

    return make


@pytest.fixture
def run(stored, picture_folder: Path) -> Path:
    return stored("-t", "siamfc-s1,cv2:kcf", "-d", "folder", "--data-root", picture_folder, "--telemetry")


def pictures(video: Path) -> list[np.ndarray]:
    capture, frames = cv2.VideoCapture(str(video)), []
    while (found := capture.read())[0]:
        frames.append(found[1][..., ::-1])
    return frames


def edges_in(picture: np.ndarray, box: np.ndarray, scale: float, colour: tuple[int, int, int]) -> float:
    """Return which part of a box's upper and left edges have the colour, up to what a codec does to thin lines."""
    x, y, w, h = box * scale + [0, HEAD, 0, 0]
    hits = []
    for along in np.linspace(0.1, 0.9, 9):
        for row, column in ((y, x + along * w), (y + along * h, x)):
            near = picture[max(round(row) - 2, 0) : round(row) + 2, max(round(column) - 2, 0) : round(column) + 2]
            hits.append((np.abs(near.astype(int) - colour).sum(axis=-1) < 120).any())
    return float(np.mean(hits))


def test_a_real_sequences_stored_boxes_are_those_drawn(run_bench, stored, tmp_path: Path) -> None:
    run = stored("-t", "siamfc", "-d", "demo", "--sequences", "plain-1", "--limit-frames", 6)
    done = run_bench("play", run, "Plain-1", "-o", tmp_path / "o.mp4")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Video: {tmp_path / 'o.mp4'}\n"
    frames = pictures(tmp_path / "o.mp4")
    assert len(frames) == 6
    assert frames[0].shape[1] == 640
    boxes = np.loadtxt(run / "boxes" / "siamfc" / "plain-1.txt", delimiter=",") - [1, 1, 0, 0]
    colour = rgb(colours(["siamfc"])["siamfc"])
    for index in (1, 3, 5):
        there = edges_in(frames[index], boxes[index], 2.0, colour)
        elsewhere = edges_in(frames[index], boxes[index] + [25, -20, 0, 0], 2.0, colour)
        assert there > 0.7
        assert elsewhere < 0.3


def test_a_gif_of_every_second_frame_keeps_the_pace(run_bench, run: Path, tmp_path: Path, picture_folder: Path) -> None:
    words = ("play", run, "third", "-o", tmp_path / "o.gif", "--data-root", picture_folder, "--every", 2, "--from", 2)
    assert run_bench(*words).returncode == 0
    with Image.open(tmp_path / "o.gif") as image:
        assert image.n_frames == 5  # 2, 4, 6, 8, 10
        assert image.info["duration"] == 80


def test_of_several_starts_the_first_is_shown_and_named(stored, picture_folder: Path, tmp_path: Path) -> None:
    words = ("--protocol", "sre", "--repeats", 2, "--sequences", "first")
    run = stored("-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder, *words)
    store, folder = find_run(tmp_path, str(run))

    def load(dataset: str, name: str, limit: int | None) -> Selection:
        return select(open_dataset(dataset, picture_folder), sequences=[name], limit_frames=limit)

    scene, video, _ = stored_scene(store, folder, "FIRST", ["all"], load)
    begun = json.loads((run / "manifest.json").read_text())["records"][0]["begun"]
    assert begun != "ope"
    assert (scene.name, scene.source, scene.length) == ("first", f"folder, start {begun}", len(video))
    text = np.loadtxt(run / "boxes" / slug("cv2:kcf") / begun / "first.txt", delimiter=",")
    np.testing.assert_allclose(scene.trails[0].boxes + [1, 1, 0, 0], text, atol=1e-4)


def test_records_that_are_gone_are_replaced_by_the_runs_texts(
    run_bench, run: Path, tmp_path: Path, picture_folder: Path
) -> None:
    words = ("play", run, "first", "--data-root", picture_folder, "-t", "siamfc*", "-o")
    whole = run_bench(*words, tmp_path / "whole.avi")
    for record in Results(run.parents[1]).folder.glob("records/**/*.npz"):
        record.unlink()
    rest = run_bench(*words, tmp_path / "rest.avi")
    assert "no telemetry is kept" not in whole.stderr
    assert "no telemetry is kept" in rest.stderr
    for one, other in zip(pictures(tmp_path / "whole.avi"), pictures(tmp_path / "rest.avi"), strict=True):
        above = HEAD + 480
        assert np.abs(one[:above].astype(int) - other[:above]).mean() < 3
        assert len(one) > len(other)  # by the strip of telemetry


def test_names_of_sequences_stay_in_the_videos_folder(run_bench, stored, tmp_path: Path) -> None:
    root = tmp_path / "data"
    write_folder(root / "a b'; $(x) …é", 6)
    run = stored("-t", "cv2:kcf", "-d", "folder", "--data-root", root)
    (name,) = json.loads((run / "manifest.json").read_text())["dataset"]["sequences"]
    manifest = json.loads((run / "manifest.json").read_text().replace(json.dumps(name), json.dumps("../../../" + name)))
    assert run_bench("play", run, name, "--data-root", root, "-q").returncode == 0
    (video,) = (run / "videos").iterdir()
    assert len(pictures(video)) == 6
    # Someone else's run may say anything of its sequences: such a name is not in the dataset.
    (run / "manifest.json").write_text(json.dumps(manifest))
    done = run_bench("play", run, "../../../" + name, "--data-root", root)
    assert done.returncode == 2
    assert "has no sequence" in done.stderr


def refused(run_bench, *words: object) -> str:
    done = run_bench("play", *words)
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert done.stdout == ""
    return line


def test_misuse_is_one_line(run_bench, run: Path, picture_folder: Path, tmp_path: Path) -> None:
    data = ("--data-root", picture_folder)
    for words, line in (
        ((run, "frist", *data), "Did you mean 'first'"),
        ((run, "first", "-t", "siam", *data), "the run has no tracker 'siam'. Did you mean 'siamfc-s1'"),
        ((run, "first"), "needs --data-root"),
        ((run, "first", *data, "--from", 7), "--from 7: frames 1 to 6"),
        ((run, "first", *data, "-o", tmp_path / "o.mov"), "ends in .mp4, .webm, .avi, .gif"),
        ((tmp_path, "first"), "is no run's folder"),
        (("latest", "first", "--results", tmp_path / "typo"), "no results in"),
        (("20260101T000000Z-abcdef", "first", "--results", run.parents[1]), "no run '20260101T000000Z-abcdef'"),
    ):
        assert line in refused(run_bench, *words)
    assert not (tmp_path / "typo").exists()
    (run / "manifest.json").rename(run / "plan.json")
    assert "has not ended" in refused(run_bench, run.name, "first", "--results", run.parents[1])


def test_frames_that_are_not_those_of_the_run_are_not_drawn(run_bench, run: Path, tmp_path: Path) -> None:
    write_folder(tmp_path / "other" / "first", 6)
    box = tmp_path / "other" / "first" / "groundtruth_rect.txt"
    box.write_text(box.read_text().replace("41,41", "44,41", 1))
    line = refused(run_bench, run, "first", "--data-root", tmp_path / "other")
    assert "is not the one of run" in line


def test_a_frame_that_cannot_be_read_is_named(run_bench, run: Path, picture_folder: Path) -> None:
    (picture_folder / "first" / "img" / "0003.png").write_bytes(b"")
    line = refused(run_bench, run, "first", "--data-root", picture_folder)
    assert "0003.png is empty: show frames before or after it" in line
    assert list((run / "videos").iterdir()) == []

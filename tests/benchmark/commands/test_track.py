from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import paint, write_folder
from PIL import Image

BOX = "40,40,30,24"
GIVES_UP = """
from trackers.api import register
@register("gives-up", remembers="nothing")
class GivesUp:
    def init(self, image, box):
        self.box, self.frames = box, 0
    def update(self, image):
        self.frames += 1
        if self.frames == 3:
            raise RuntimeError("enough")
        return self.box
"""
CHANCE = """
import numpy as np
from trackers.api import register
@register("chance", remembers="nothing")
class Chance:
    def init(self, image, box):
        self.box = box
    def update(self, image):
        return self.box + np.random.random()
"""


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No report is drawn, OpenCV encodes, and what is written without a name goes to the test's folder."""
    monkeypatch.setattr("run_bench._write_report", lambda run: run / "report.html")
    monkeypatch.setattr("benchmark.playback.files.find_ffmpeg", lambda: None)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Twelve painted frames as a video file."""
    file = tmp_path / "my clip.mp4"
    writer = cv2.VideoWriter(str(file), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"vp09"), 20, (160, 120))
    for picture in paint(12):
        writer.write(picture[..., ::-1])
    writer.release()
    return file


def count(video: Path) -> tuple[int, float]:
    capture = cv2.VideoCapture(str(video))
    return int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), capture.get(cv2.CAP_PROP_FPS)


def test_a_folder_is_tracked_as_a_run_would_bit_for_bit(run_bench, tmp_path: Path) -> None:
    (tmp_path / "chance.py").write_text(CHANCE)
    trackers = ("-t", "siamfc-s1,py:chance.py,cv2:kcf")
    write_folder(tmp_path / "data" / "walk", 6)
    done = run_bench(*trackers, "-d", "folder", "--data-root", tmp_path / "data", "-q")
    assert done.returncode == 0, done.stderr
    run = Path(done.stdout.strip()).parent
    kept = {}
    for file in (tmp_path / "results").glob("records/folder/*/*/walk.0.0.npz"):
        with np.load(file) as content:
            facts = json.loads(str(content["facts"]))
            kept[facts["tracker"]] = content["boxes"], content["scores"]
    done = run_bench("track", "data/walk", "--init", BOX, *trackers, "--json", "-", "-o", "o.avi")
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert len(kept) == len(content["trackers"]) == 3
    for tracker in content["trackers"]:
        boxes, scores = kept[tracker["name"]]
        np.testing.assert_array_equal(tracker["boxes"], boxes)
        np.testing.assert_array_equal(tracker["scores"], scores)
    text = "boxes/siamfc-s1/walk.txt"
    assert (tmp_path / "o.siamfc-s1.txt").read_text() == (run / text).read_text()


def test_a_video_file_gives_video_texts_and_json(run_bench, clip: Path, tmp_path: Path) -> None:
    done = run_bench("track", clip, "--init", BOX, "-t", "siamfc-s1", "--json", "boxes.json")
    assert done.returncode == 0, done.stderr
    assert count(tmp_path / "my_clip-tracked.webm") == (12, 20)
    rows = np.loadtxt(tmp_path / "my_clip-tracked.siamfc-s1.txt", delimiter=",")
    np.testing.assert_array_equal(rows[0], [41, 41, 30, 24])
    content = json.loads((tmp_path / "boxes.json").read_text())
    assert (content["width"], content["height"], content["fps"]) == (160, 120, 20)
    assert (content["first_frame"], content["last_frame"]) == (1, 12)
    (tracker,) = content["trackers"]
    np.testing.assert_allclose(np.array(tracker["boxes"]) + [1, 1, 0, 0], rows, atol=1e-4)
    assert len(tracker["telemetry"]["peak"]) == 11
    assert np.abs(rows[:, 0] - (41 + 2 * np.arange(12))).max() < 3  # it follows the patch


def test_odd_sides_and_kinds_of_video_are_taken(run_bench, tmp_path: Path) -> None:
    pictures = [Image.fromarray(picture) for picture in paint(6, size=(161, 121))]
    pictures[0].save(tmp_path / "odd.gif", save_all=True, append_images=pictures[1:], duration=100)
    done = run_bench("track", "odd.gif", "--init", BOX, "-t", "cv2:kcf", "-o", "o.avi", "--width", 201, "--json", "-")
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert (content["width"], content["height"], content["last_frame"]) == (161, 121, 6)
    assert count(tmp_path / "o.avi") == (6, 10)


def test_a_part_of_the_video_begins_with_the_box(run_bench, clip: Path, tmp_path: Path) -> None:
    words = ("--from", 4, "--to", 9, "--every", 2, "-t", "cv2:kcf", "--json", "-", "-o", "o.gif")
    done = run_bench("track", clip, "--init", "46,40,30,24", *words)
    content = json.loads(done.stdout)
    assert (content["first_frame"], content["last_frame"]) == (4, 9)
    assert len(content["trackers"][0]["boxes"]) == 6
    assert count(tmp_path / "o.gif")[0] == 3


def test_a_video_that_ends_early_is_tracked_up_to_there(run_bench, clip: Path, monkeypatch) -> None:
    from benchmark.datasets import footage

    whole = footage._decode
    monkeypatch.setattr(footage, "_decode", lambda path: (frame for _, frame in zip(range(7), whole(path))))
    done = run_bench("track", clip, "--init", BOX, "-t", "cv2:kcf", "-o", "o.avi")
    assert done.returncode == 0
    assert "7 of about 12 frames could be decoded" in done.stderr
    assert count(Path("o.avi"))[0] == 7


def test_a_tracker_that_fails_is_said_and_the_others_go_on(run_bench, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "gives_up.py").write_text(GIVES_UP)
    done = run_bench("track", clip, "--init", BOX, "-t", "py:gives_up.py,cv2:kcf", "-o", "o.avi")
    assert done.returncode == 1
    assert "py:gives_up.py failed after 3 of 12 frames: RuntimeError: enough" in done.stderr
    assert count(Path("o.avi"))[0] == 12
    assert len(list(tmp_path.glob("o.py_gives_up.py~*.txt"))) == 1


def test_a_video_is_as_long_as_it_is_whoever_fails(run_bench, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "gives_up.py").write_text(GIVES_UP)
    done = run_bench("track", clip, "--init", BOX, "-t", "py:gives_up.py", "-o", "o.avi", "--json", "-")
    assert done.returncode == 1
    assert "py:gives_up.py failed after 3 of 12 frames: RuntimeError: enough" in done.stderr
    assert "could be decoded" not in done.stderr
    assert json.loads(done.stdout)["last_frame"] == 12
    assert count(Path("o.avi"))[0] == 12


@pytest.mark.parametrize("at", ["init", "update"])
def test_where_all_trackers_fail_that_is_said_and_nothing_of_the_video(run_bench, clip, tmp_path, at: str) -> None:
    lines = GIVES_UP.replace("== 3", "== 1")
    if at == "init":
        lines = lines.replace("self.box, self.frames = box, 0", "raise RuntimeError('enough')")
    (tmp_path / "gives_up.py").write_text(lines)
    done = run_bench("track", clip, "--init", BOX, "-t", "py:gives_up.py", "-o", "o.avi")
    assert done.returncode == 1
    assert "py:gives_up.py failed after" in done.stderr
    assert "of 12 frames: RuntimeError: enough" in done.stderr
    assert "frames to track" not in done.stderr
    assert "could be decoded" not in done.stderr
    assert count(Path("o.avi"))[0] == 12


def refused(run_bench, *words: object, **where: Path) -> str:
    done = run_bench("track", *words, "-t", "cv2:kcf", **where)
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert done.stdout == ""
    return line


@pytest.mark.parametrize(
    ("init", "line"),
    [
        ("1,2,3", "four numbers are needed"),
        ("a,b,c,d", "four numbers are needed"),
        ("nan,1,2,3", "four numbers are needed"),
        ("1,2,0,4", "must be above 0"),
        ("160,2,9,9", "outside of the frame, which is 160x120 pixels"),
        ("-9,2,9,9", "outside of the frame"),
    ],
)
def test_a_box_that_is_none_is_one_line(run_bench, clip: Path, init: str, line: str) -> None:
    assert line in refused(run_bench, clip, "--init", init)


def test_misuse_is_one_line(run_bench, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").write_bytes(b"")
    for words, line in (
        (("nowhere.mp4",), "no such video file"),
        (("empty.mp4",), "is empty"),
        ((clip, "-o", clip), "would overwrite the video itself"),
        ((clip, "-o", "o.mkv"), "ends in .mp4, .webm, .avi, .gif"),
        ((clip, "--from", 12), "1 frame to track"),
        ((clip, "--from", 90), "0 frames to track"),
        ((clip, "--from", 9, "--to", 4), "--to 4: at least 2 frames"),
    ):
        assert line in refused(run_bench, *words, "--init", BOX)
    assert not list(tmp_path.glob("*tracked*"))


def test_a_damaged_video_is_one_line_and_opencv_adds_none(run_bench, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.mp4").write_bytes(clip.read_bytes()[:800])
    line = refused(run_bench, "bad.mp4", "--init", BOX, cwd=tmp_path)
    assert "no video that can be decoded" in line


def test_hostile_names_stay_beside_the_video(run_bench, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    hostile = clip.rename(tmp_path / "in" / "..$(touch x);…'\".mp4")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "gives_up.py").write_text(GIVES_UP)
    out = tmp_path / "out"
    done = run_bench("track", hostile, "--init", BOX, "-t", "py:deep/er/../gives_up.py", "-o", out / "o.avi")
    assert done.returncode == 1
    assert len(list(out.iterdir())) == 2
    run_bench("track", hostile, "--init", BOX, "-t", "cv2:kcf")
    (default,) = tmp_path.glob("*-tracked.webm")
    assert default.name.isprintable()
    assert not set(default.name) & set("$();'\"/")


@pytest.mark.parametrize("where", ["benchmark.engine.follow.follow", "reports.video.render.write_video"])
def test_ctrl_c_ends_cleanly(run_bench, clip: Path, tmp_path: Path, monkeypatch, where: str) -> None:
    def stop(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(where, stop)
    done = run_bench("track", clip, "--init", BOX, "-t", "cv2:kcf", "-o", "o.avi")
    assert (done.returncode, done.stderr) == (130, "Stopped; no video was written.\n")
    assert not (tmp_path / "o.avi").exists()

"""OpenCV's trackers, GOT-10k style classes and Python files, all by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import paint

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.engine.job import Job
from benchmark.engine.lanes import run_lanes
from trackers.errors import InputError
from trackers.names import resolve

FIRST = np.array([40.0, 40.0, 30.0, 24.0])


def centres(name: str, frames: int = 6) -> np.ndarray:
    tracker = resolve(name).build("cpu")
    video = paint(frames)
    state = tracker.start(video[:1], FIRST[None], [0])
    found = []
    for frame in video[1:]:
        step, state = tracker.step(state, [frame])
        found.append(step.boxes[0, :2] + step.boxes[0, 2:] / 2)
    return np.array(found)


@pytest.mark.parametrize("name", ["cv2:csrt", "cv2:kcf"])
def test_opencvs_trackers_follow_a_patch(name: str) -> None:
    np.testing.assert_allclose(centres(name)[:, 0], 55 + 2 * np.arange(1, 6), atol=5)


def test_opencvs_mil_stays_in_the_picture() -> None:
    found = centres("cv2:mil")  # it seeds itself by the clock, so where it ends cannot be foretold
    assert ((found >= 0) & (found <= (160, 120))).all()


@pytest.mark.parametrize(
    ("box", "error", "says"),
    [
        ((40, 40, 3, 3), ValueError, "needs 3 x 6 pixels; the target has 3 x 3 in the picture"),
        ((-20, 40, 22, 24), ValueError, "the target has 2 x 24 in the picture"),
        ((0, 0, 160, 120), RuntimeError, r"a target of 160 x 120 at \(0, 0\), in a picture of 160 x 120: .*Samples"),
    ],
)
def test_what_opencvs_mil_cannot_follow_is_said_and_does_not_hang(box: tuple, error: type, says: str) -> None:
    tracker = resolve("cv2:mil").build("cpu")
    with pytest.raises(error, match=says):
        tracker.start(paint(1), np.array([box], float), [0])


def test_opencvs_mil_begins_with_a_target_half_outside() -> None:
    tracker = resolve("cv2:mil").build("cpu")
    video = paint(2)
    step, _ = tracker.step(tracker.start(video[:1], np.array([[-15.0, 40, 30, 24]]), [0]), video[1:])
    assert step.boxes[0, 2:].tolist() == [15, 24]


def test_an_unknown_opencv_tracker_is_refused() -> None:
    with pytest.raises(InputError, match="Did you mean 'csrt'"):
        resolve("cv2:csr")


GOT10K = """
from PIL import Image
class Still:
    def init(self, image, box):
        assert isinstance(image, Image.Image) and image.size == (160, 120)
        assert box[0] == 41, "GOT-10k's boxes are 1-based"
        self.box = box
    def update(self, image):
        return self.box
"""


def test_a_got10k_style_class_gets_pictures_and_one_based_boxes(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "my_got10k_tracker.py").write_text(GOT10K)
    monkeypatch.syspath_prepend(tmp_path)
    np.testing.assert_array_equal(centres("got10k:my_got10k_tracker:Still", 2), [[55.0, 52.0]])


LOOP = """
import numpy as np
class Theirs({base}):
    def __init__(self, gain=1.0):
        {named}
        self.gain = gain
    {loop}
    def init(self, image, box):
        assert isinstance(image, np.ndarray) == {array}
        self.box = box
    def update(self, image):
        assert isinstance(image, np.ndarray) == {array}
        return [*self.box[:3], self.gain]
"""


@pytest.mark.parametrize(
    ("loop", "more", "array"),
    [("", "", False), ("def track(self, img_files, box): pass", "", True), ("", "{input=array}", True),
     ("def forward_test(self, img_files, box): pass", "{input=picture}", False)],
)  # fmt: skip
def test_a_got10k_class_that_reads_its_frames_itself_gets_arrays(
    tmp_path: Path, loop: str, more: str, array: bool
) -> None:
    (tmp_path / "loops.py").write_text(LOOP.format(base="", named="pass", loop=loop, array=array))
    assert len(centres(f"got10k:{tmp_path}/loops:Theirs{more}", 2)) == 1


def test_the_toolkits_own_loop_is_not_the_classs(tmp_path: Path) -> None:
    pytest.importorskip("got10k")
    text = LOOP.format(base="Tracker", named="super().__init__(name='Mine')", loop="", array=False)
    (tmp_path / "derived.py").write_text("from got10k.trackers import Tracker\n" + text)
    name = f"got10k:{tmp_path}/derived:Theirs"
    assert len(centres(name, 2)) == 1
    assert resolve(name).remembers == "what its author, who calls it Mine, gave it"


def test_a_got10k_class_is_made_with_fields(tmp_path: Path) -> None:
    (tmp_path / "fields.py").write_text(LOOP.format(base="", named="pass", loop="", array=False))
    np.testing.assert_array_equal(centres(f"got10k:{tmp_path}/fields:Theirs{{gain=10}}", 2), [[55.0, 45.0]])
    with pytest.raises(InputError, match="in braces go fields, and input=array or input=picture"):
        resolve(f"got10k:{tmp_path}/fields:Theirs{{input=film}}")


def test_a_got10k_class_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="json has no class 'Nothing'; it has JSONDecodeError"):
        resolve("got10k:json:Nothing")


FILE = """
from trackers.api import register
@register("{name}", remembers="nothing")
class {name}:
    def init(self, image, box): self.box = box
    def update(self, image): return self.box
"""


def test_a_file_with_one_registered_class_is_a_tracker(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(FILE.format(name="Mine"))
    assert resolve(f"py:{file}").family.remembers == "nothing"
    np.testing.assert_array_equal(centres(f"py:{file}", 2), [[55.0, 52.0]])


@pytest.mark.parametrize(
    ("text", "line"),
    [("x = 1", "the file has: none"), (FILE.format(name="A") + FILE.format(name="B"), "the file has: A, B"),
     ("import nowhere", "cannot be loaded: ModuleNotFoundError: No module named 'nowhere'")],
)  # fmt: skip
def test_a_file_that_is_no_tracker_says_why(tmp_path: Path, text: str, line: str) -> None:
    (tmp_path / "mine.py").write_text(text)
    with pytest.raises(InputError, match=line):
        resolve(f"py:{tmp_path / 'mine.py'}")


def test_of_several_classes_in_a_file_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(FILE.format(name="A") + FILE.format(name="B"))
    assert resolve(f"py:{tmp_path / 'mine.py'}:B").family.cls.__name__ == "B"


def test_a_class_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(FILE.format(name="Alone"))
    for wanted, hint in (("Alnoe", r"\. Did you mean 'Alone'\?"), ("Foo", r"\.")):
        with pytest.raises(
            InputError, match=rf"no class '{wanted}' with @register of trackers\.api{hint} It has: Alone"
        ):
            resolve(f"py:{tmp_path / 'mine.py'}:{wanted}")
    (tmp_path / "other.py").write_text("class Foo: pass")
    with pytest.raises(InputError, match=r"no class 'Foo' with @register of trackers\.api\. It has: none"):
        resolve(f"py:{tmp_path / 'other.py'}:Foo")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no Python file"):
        resolve(f"py:{tmp_path / 'none.py'}")


def test_opencvs_networks_come_from_files_and_say_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cv2:nano needs weights: cv2:nano@FILE\+FILE"):
        resolve("cv2:nano")
    with pytest.raises(InputError, match="cv2:vit needs weights: cv2:vit@FILE"):
        resolve("cv2:vit")
    with pytest.raises(InputError, match=r"nor a backbone's and a head's \.onnx, in the folder"):
        resolve(f"cv2:nano@{tmp_path}")
    files = [tmp_path / "a_backbone.onnx", tmp_path / "a_head.onnx"]
    for file in files:
        file.write_bytes(file.name.encode())
    folder, pair = resolve(f"cv2:nano@{tmp_path}"), resolve(f"cv2:nano@{files[0]}+{files[1]}")
    assert folder.identity() == pair.identity()
    assert folder.name == "cv2:nano@a_backbone.onnx+a_head.onnx"
    assert resolve(folder.address).identity() == folder.identity()
    with pytest.raises(InputError, match="needs two files of weights"):
        resolve(f"cv2:nano@{files[0]}")
    with pytest.raises(InputError, match="takes one file of weights"):
        resolve(f"cv2:vit@{files[0]}+{files[1]}")
    with pytest.raises(InputError, match="cannot read"):
        centres(folder.address)
    (tmp_path / "b_head.onnx").write_bytes(b"")
    with pytest.raises(InputError, match="holds 1 backbones and 2 heads: name two"):
        resolve(f"cv2:nano@{tmp_path}")


def test_what_a_tracker_calls_its_own_is_not_taken_for_ours(tmp_path: Path, picture_folder: Path) -> None:
    lines = """
import torch
from trackers.api import Step, Tracker, register
@register("names", remembers="nothing")
class Names(torch.nn.Module, Tracker):
    resident = oracle = truth = "theirs"
    def __init__(self, config, weights, device): super().__init__()
    def allow(self): raise RuntimeError("not asked for")
    cut_off = finish = remarks = changed = around = allow
    def start(self, frames, boxes, seeds):
        import subprocess
        self.child = subprocess.Popen(["sleep", "60"])
        return torch.from_numpy(boxes)
    def step(self, state, frames): return Step(state.numpy(), state.numpy()[:, 0] * 0 + 1), state
"""
    (tmp_path / "names.py").write_text(lines)
    tracker = resolve(f"py:{tmp_path / 'names.py'}").build("cpu")
    video = select(FolderDataset(picture_folder)).sequences[0]
    (outcome,) = run_lanes(tracker, [Job(video, 0, FIRST, 0)], 1, "cpu", timeout=60)
    tracker._tracker.child.kill()
    tracker._tracker.child.wait()
    tracker.cut_off()
    assert not outcome.error
    np.testing.assert_array_equal(outcome.boxes, np.tile(FIRST, (len(video), 1)))
    assert "it leaves 1 process running" in outcome.remarks

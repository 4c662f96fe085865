"""`onnx:FILE.toml` by name: it follows, and whatever is wrong with its files is one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from conftest import paint

from benchmark.contamination import standing_marks
from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.store.keys import code_digest, engram_files
from tests.trackers.adapters.onnx.made import PAIR, save, write_pair
from trackers.adapters.onnx.networks import Network
from trackers.errors import InputError
from trackers.names import expand, resolve

FIRST = np.array([[40.0, 40.0, 30.0, 24.0]])


def follow(name: str, frames: int = 6) -> tuple[np.ndarray, np.ndarray]:
    tracker = resolve(name).build("cpu")
    video = paint(frames)
    state = tracker.start(video[:1], FIRST, [0])
    boxes, scores = [], []
    for frame in video[1:]:
        step, state = tracker.step(state, [frame])
        boxes.append(step.boxes[0])
        scores.append(step.scores[0])
    return np.array(boxes), np.array(scores)


def test_a_pair_of_networks_follows_a_patch(tmp_path: Path) -> None:
    boxes, scores = follow(f"onnx:{write_pair(tmp_path)}")
    np.testing.assert_allclose(boxes[:, 0] + boxes[:, 2] / 2, 55 + 2 * np.arange(1, 6), atol=4)  # cells are 1.7 px
    np.testing.assert_allclose(boxes[:, 2:], [[30, 24]] * 5)
    assert ((scores > 0.5) & (scores <= 1)).all()


def test_lanes_are_independent_and_the_state_is_a_value(tmp_path: Path) -> None:
    tracker = resolve(f"onnx:{write_pair(tmp_path)}").build("cpu")
    videos = paint(4, seed=1), paint(4, seed=2)
    both = tracker.start([video[0] for video in videos], np.tile(FIRST, (2, 1)), [0, 0])
    alone = tracker.take(tracker.join(both, tracker.start(videos[0][:1], FIRST, [0])), [1])
    for index in (1, 2, 3):
        first, after = tracker.step(both, [video[index] for video in videos])
        again, both = tracker.step(both, [video[index] for video in videos])
        np.testing.assert_array_equal(first.boxes, again.boxes)
        one, alone = tracker.step(alone, [videos[1][index]])
        np.testing.assert_array_equal(one.boxes[0], again.boxes[1])
    assert len(after) == 2


def test_a_network_that_declares_another_size_takes_the_templates_crop_too(tmp_path: Path) -> None:
    wide, fixed = tmp_path / "wide", tmp_path / "fixed"
    wide.mkdir()
    fixed.mkdir()
    same = follow(f"onnx:{write_pair(wide, 64)}")[0]
    np.testing.assert_array_equal(same, follow(f"onnx:{write_pair(fixed, 128)}")[0])


def test_the_name_is_brief_the_address_is_whole_and_parameters_are_counted(tmp_path: Path) -> None:
    spec = resolve(f"onnx:{write_pair(tmp_path)}")
    assert (spec.name, spec.address) == ("onnx:pair.toml", f"onnx:{tmp_path / 'pair.toml'}")
    assert resolve(spec.address).name == spec.name
    assert spec.build("cpu").parameters() == 7  # the head's constants; the backbone has none
    assert spec.remembers == "the first frame's template, for good"


def test_the_key_covers_the_description_the_networks_the_runtime_and_the_adapter(tmp_path: Path) -> None:
    file = write_pair(tmp_path)
    reach = resolve(f"onnx:{file}").family.reach
    assert reach is not None
    assert {"tracker.toml", "template.onnx", "search.onnx", "head.onnx"} == set(reach.files)
    assert any(one.startswith("onnxruntime ") for one in reach.distributions)
    names = [label for label, _ in engram_files(resolve(f"onnx:{file}"))]
    assert {"onnx/siamese.py", "onnx/family.py", "nets/crops.py"} <= set(names)
    before = code_digest(resolve(f"onnx:{file}"))
    file.write_text(PAIR.replace("window = 0.1", "window = 0.2"))
    assert code_digest(resolve(f"onnx:{file}")) != before
    file.write_text(PAIR)
    assert code_digest(resolve(f"onnx:{file}")) == before
    (tmp_path / "head.onnx").write_bytes((tmp_path / "head.onnx").read_bytes() + b"\x00")
    assert code_digest(resolve(f"onnx:{file}")) != before
    assert resolve(f"onnx:{file}").weights.sha256


def test_weights_that_lie_beside_a_network_count_whatever_they_are_called(tmp_path: Path) -> None:
    file = write_pair(tmp_path)
    scores = follow(f"onnx:{file}")[1]
    head = onnx.load(str(tmp_path / "head.onnx"))
    onnx.save(head, str(tmp_path / "head.onnx"), save_as_external_data=True, location="w", size_threshold=0)
    np.testing.assert_array_equal(follow(f"onnx:{file}")[1], scores)
    before = code_digest(resolve(f"onnx:{file}"))
    content = bytearray((tmp_path / "w").read_bytes())
    scale = content.find(np.float32(1e-5).tobytes())
    content[scale : scale + 4] = np.float32(2e-5).tobytes()
    (tmp_path / "w").write_bytes(content)
    assert code_digest(resolve(f"onnx:{file}")) != before
    assert not np.array_equal(follow(f"onnx:{file}")[1], scores)


def test_weights_beside_a_network_of_another_size_are_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = onnx.helper.make_node("AveragePool", ["image"], ["small"], kernel_shape=[4, 4], strides=[4, 4])
    scale = onnx.helper.make_node("Mul", ["small", "gain"], ["features"])
    ends = {"image": [1, 3, 128, 128]}, {"features": [1, 3, 32, 32]}
    save(tmp_path / "one.onnx", [pool, scale], *ends, gain=np.float32([[[[3.0]]]]))
    model = onnx.load(str(tmp_path / "one.onnx"))
    onnx.save(model, str(tmp_path / "two.onnx"), save_as_external_data=True, location="w", size_threshold=0)
    monkeypatch.chdir("/")
    crop = np.ones((1, 3, 64, 64), np.float32)
    found = [Network(tmp_path / name, "cpu", 64).first(crop) for name in ("one.onnx", "two.onnx")]
    np.testing.assert_array_equal(*found)


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_pair(tmp_path / name)
    (tmp_path / "b" / "pair.toml").write_text(PAIR.replace("stride = 4", "stride = 8"))
    names = [spec.name for spec in expand(f"onnx:{tmp_path / one / 'pair.toml'}" for one in "ab")]
    assert names == ["onnx:a/pair.toml", "onnx:b/pair.toml"]


def test_what_it_was_trained_on_is_marked(tmp_path: Path, picture_folder: Path) -> None:
    file = write_pair(tmp_path)
    file.write_text('trained_on = ["videos"]\n' + PAIR)
    marks = standing_marks(resolve(f"onnx:{file}"), select(FolderDataset(picture_folder)))
    assert marks == ("trained on videos",)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("stride = 4", "stride = 0"), "decode.stride must be 1 or more"),
        (("stride = 4", 'stride = "4"'), "decode.stride must be a whole number, not '4'"),
        (("stride = 4", ""), "decode.stride is missing"),
        (("window = 0.1", "windwo = 0.1"), "no key decode.windwo. Did you mean 'window'"),
        (('kind = "points"', 'kind = "point"'), "decode.kind must be one of points, anchors, centre, filter"),
        (('kind = "points"', ""), "decode.kind must be one of"),
        (("mean = [128, 128, 128]", "mean = [128]"), "input.mean must be a list of 3"),
        (("mean = [128, 128, 128]", 'colours = "GBR"'), "input.colours must be one of RGB, BGR"),
        (('[head]\nnetwork = "head.onnx"\n', ""), "decode.kind 'points' needs [head]"),
        (('network = "head.onnx"', 'network = "none.onnx"'), "head.network: no file"),
        (("[template]", "[template"), "is no TOML"),
        (("[template]", "[templates]"), "no key templates. Did you mean 'template'"),
        (("rate = 0.0", "rate = -1"), "decode.rate must be a number from 0 on, not -1"),
        (("rate = 0.0", "rate = inf"), "decode.rate must be a number from 0 on, not inf"),
        (("rate = 0.0", "rate = 1e300"), "decode.rate must be 1048576 or less, not 1e+300"),
        (("rate = 0.0", f"rate = {10**400}"), "decode.rate must be 1048576 or less, not one of 1329 bits"),
        (("rate = 0.0", f"rate = 0x{'f' * 9999}"), "decode.rate must be 1048576 or less, not one of 39996 bits"),
        (("size = 64", f"size = {10**9}"), "template.size must be 4096 or less, not 1000000000"),
        (("window = 0.1", "window = " + "[" * 9999), "is no TOML"),
        (("window = 0.1", "window = '" + "x" * 9999 + "'"), "decode.window must be a number, not 'xxx"),
        (("window = 0.1", "window = 40"), "decode.window must be within 0 to 1, not 40"),
        (("mean = [128, 128, 128]", "std = [1, 0, 1]"), "input.std must be above 0"),
        (('scores = "scores"', 'scores = "boxes"'), "output 'boxes' must have 1 or 2 channels; it has 4"),
        (('kind = "points"', 'kind = "anchors"\nratios = [1]\nscales = []'), "must be lists of numbers above 0"),
        (('kind = "points"', 'kind = "anchors"\nratios = [1, 2]\nscales = [8]'), "must have 8 channels; it has 4"),
        (("size = 64", "size = 32"), "its networks do not fit what it says of them"),
        (("size = 64", "size = [64]"), "template.size must be a whole number"),
        (('scores = "scores"', 'scores = "score"'), "has no output 'score'; it has: scores, boxes"),
        (('network = "head.onnx"', 'network = "head.onnx"\nsearch = "z"'), "no input 'z'; it has: template, search"),
        (('network = "head.onnx"', 'network = "pair.toml"'), "is no network that ONNX Runtime can run"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_files_is_one_line(tmp_path: Path, change: tuple[str, str], line: str) -> None:
    file = write_pair(tmp_path)
    assert change[0] in PAIR
    file.write_text(PAIR.replace(*change))
    with pytest.raises(InputError) as caught:
        resolve(f"onnx:{file}").build("cpu")
    assert line in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("more", ["@random", "@other.onnx", "{window=1}", ":compact"])
def test_nothing_goes_behind_the_file(tmp_path: Path, more: str) -> None:
    with pytest.raises(InputError):
        resolve(f"onnx:{write_pair(tmp_path)}{more}")


def test_a_missing_file_or_runtime_is_named(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(InputError, match="no TOML file"):
        resolve(f"onnx:{tmp_path / 'none.toml'}")
    file = write_pair(tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(InputError, match="pip install onnx onnxruntime"):
        resolve(f"onnx:{file}")

"""Which class of a file is the tracker, and which weights one that is derived from Engram's gets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import paint

from benchmark.store.keys import code_digest, engram_files
from trackers.errors import InputError
from trackers.names import TrackerSpec, resolve

REGISTERED = """
from trackers.api import register
from trackers.siamfc.config import PAPER, VARIANTS, SiamFCConfig
from trackers.siamfc.tracker import SiamFC

@register("mine", remembers="the same", config=SiamFCConfig, presets={"paper": PAPER}, variants=VARIANTS)
class Mine(SiamFC):
    pass
"""
PLAIN = """
from trackers.siamfc.tracker import SiamFC
class Mine(SiamFC):
    pass
"""
COPIED = """
from dataclasses import dataclass
from trackers.api import register
from trackers.siamfc.config import SiamFCConfig
from trackers.siamfc.tracker import SiamFC
@dataclass(frozen=True)
class Config(SiamFCConfig):
    more: int = 1
@register("mine", remembers="the same", config=Config)
class Mine(SiamFC):
    pass
"""
REEXPORTED = "from inner import *\n"


def spec(folder: Path, text: str, more: str = "", **files: str) -> TrackerSpec:
    for name, content in {"mine": text, **files}.items():
        (folder / f"{name}.py").write_text(content)
    return resolve(f"py:{folder / 'mine.py'}{more}")


def boxes(tracker: TrackerSpec) -> np.ndarray:
    built = tracker.build("cpu")
    video = paint(3)
    state = built.start(video[:1], np.array([[40.0, 40.0, 30.0, 24.0]]), [0])
    found = []
    for frame in video[1:]:
        step, state = built.step(state, [frame])
        found.append(step.boxes[0])
    return np.array(found)


@pytest.mark.parametrize("text", [REGISTERED, PLAIN, COPIED], ids=["registered", "not registered", "copied config"])
def test_a_tracker_derived_from_ours_has_its_weights_and_boxes(tmp_path: Path, text: str) -> None:
    mine, siamfc = spec(tmp_path, text), resolve("siamfc")
    assert mine.family.cls.__name__ == "Mine"
    assert mine.weights == siamfc.weights
    np.testing.assert_array_equal(boxes(mine), boxes(siamfc))


def test_its_key_covers_the_family_it_is_derived_from(tmp_path: Path) -> None:
    files = {label for label, _ in engram_files(spec(tmp_path, PLAIN))}
    assert {"siamfc/tracker.py", "siamfc/network.py", "nets/crops.py", "api.py", "one_target.py"} <= files
    assert not any(label.startswith("memtrack/") for label in files)


def test_a_class_imported_from_beside_is_taken_where_the_file_has_none(tmp_path: Path) -> None:
    assert spec(tmp_path, REEXPORTED, inner=REGISTERED).weights.name == "imagenet"
    assert spec(tmp_path, REEXPORTED + REGISTERED.replace("Mine", "Own"), inner=REGISTERED).family.cls.__name__ == "Own"


def test_a_class_that_is_only_handed_on_is_not_mistaken_for_its_older_self(tmp_path: Path) -> None:
    text = "from trackers.siamfc.tracker import SiamFC\n"
    assert spec(tmp_path, text).weights.name == "imagenet"
    with pytest.raises(InputError, match="changed since it was loaded"):
        spec(tmp_path, text + "SiamFC.more = 1\n")


def test_of_several_derived_classes_one_is_named(tmp_path: Path) -> None:
    two = PLAIN + "class Other(Mine):\n    pass\n"
    with pytest.raises(InputError, match=r"the file has: Mine, Other; name one of them, e.g. py:.*mine.py:Other$"):
        spec(tmp_path, two)
    assert spec(tmp_path, two, ":Mine").family.cls.__name__ == "Mine"


def test_weights_go_behind_the_file(tmp_path: Path) -> None:
    assert spec(tmp_path, REGISTERED, "@random").name == "py:mine.py@random"
    assert spec(tmp_path, REGISTERED, ":Mine@siamfc-compact").weights.name == "siamfc-compact"
    with pytest.raises(InputError, match=r"no weights file 'nowhere\.pth'"):
        spec(tmp_path, REGISTERED, "@nowhere.pth")


NETWORK = """
from trackers.api import Tracker, register
from trackers.nets.pretrained import load_weights
from trackers.siamfc.config import SiamFCConfig
from trackers.siamfc.network import SiamFCNet
@register("mine", remembers="", config=SiamFCConfig)
class Mine(Tracker):
    def __init__(self, config, weights, device):
        load_weights(SiamFCNet(config), weights)
    def start(self, frames, boxes, seeds): ...
    def step(self, state, frames): ...
"""


def test_a_network_of_ours_is_never_left_untrained_without_a_word(tmp_path: Path) -> None:
    mine = spec(tmp_path, NETWORK)
    assert mine.weights.name == "its own"
    assert "untrained" in mine.weights.note
    with pytest.raises(InputError, match="this network gets no weights: give them behind '@'"):
        mine.build("cpu")
    spec(tmp_path, NETWORK, "@random").build("cpu")
    spec(tmp_path, NETWORK, "@siamfc-compact").build("cpu")


ONE_TARGET = """
from pathlib import Path
from trackers.api import register
@register("mine", remembers="")
class Mine:
    def __init__(self, weights=""): self.step = float(Path(weights).read_text()) if weights else 0.0
    def init(self, image, box): self.box = box
    def update(self, image):
        self.box[0] += self.step
        return self.box
"""


def test_a_one_target_class_takes_a_file_where_it_has_a_parameter_for_it(tmp_path: Path) -> None:
    (tmp_path / "w.txt").write_text("3")
    mine = spec(tmp_path, ONE_TARGET, f"@{tmp_path / 'w.txt'}")
    assert (mine.name, mine.weights.name) == ("py:mine.py@w.txt", "w.txt")
    assert boxes(mine)[:, 0].tolist() == [43.0, 46.0]
    assert boxes(spec(tmp_path, ONE_TARGET))[:, 0].tolist() == [40.0, 40.0]


@pytest.mark.parametrize("weights", ["@random", "@nowhere.pth"])
def test_weights_that_a_class_cannot_take_are_refused(tmp_path: Path, weights: str) -> None:
    bare = ONE_TARGET.replace('self, weights=""', "self").replace("if weights", "if False")
    with pytest.raises(InputError, match=r"mine.py takes no weights: .* files = \('NAME',\)$"):
        spec(tmp_path, bare, weights)
    with pytest.raises(InputError, match="takes no weights"):
        resolve(f"cv2:kcf{weights}")


def test_a_got10k_class_that_is_a_tracker_of_ours_is_refused() -> None:
    with pytest.raises(InputError, match="SiamFC is a tracker of"):
        resolve("got10k:trackers.siamfc.tracker:SiamFC")


def test_the_code_of_now_decides_in_one_process_too(tmp_path: Path) -> None:
    seen = []
    for number in (1, 2):
        found = spec(tmp_path, ONE_TARGET + "import helper\n", helper=f"X = {number}")
        seen.append((code_digest(found), found.family.cls.__init__.__globals__["helper"].X))
    assert seen[0][0] != seen[1][0]
    assert [value for _, value in seen] == [1, 2]
    assert resolve(f"py:{tmp_path / 'mine.py'}").family.cls is found.family.cls

from __future__ import annotations

from pathlib import Path

import pytest

from trackers.errors import InputError
from trackers.lists import split_list
from trackers.names import expand, resolve
from trackers.registry import PAPERS_FIVE
from trackers.siamfc.config import PAPER, SiamFCConfig
from trackers.weights import catalog


def test_a_family_alone_is_its_compact_preset() -> None:
    spec = resolve("siamfc")
    assert (spec.name, spec.preset, spec.config, spec.weights.name) == ("siamfc", "compact", SiamFCConfig(), "imagenet")


@pytest.mark.parametrize("names", [[], [""], [" , ", ","]])
def test_a_list_that_names_no_tracker_is_refused(names: list[str]) -> None:
    with pytest.raises(InputError, match=r"no tracker is named: give names .* `run_bench list` shows all"):
        expand(names)


def test_a_variant_is_a_delta_of_the_preset() -> None:
    assert resolve("siamfc-s1").config == SiamFCConfig(scales=1)
    assert resolve("siamfc-s1:paper@random").config == SiamFCConfig(**{**PAPER, "scales": 1})


def test_variants_chain() -> None:
    assert resolve("siamfc-s1-avg").config == SiamFCConfig(scales=1, template_rate=0.01)


@pytest.mark.parametrize(
    ("said", "canonical"),
    [
        ("siamfc{scales=3}", "siamfc"),
        ("siamfc{scales=1}", "siamfc-s1"),
        ("siamfc{template_rate=0.01}:paper@random", "siamfc-avg:paper@random"),
        ("siamfc{window_weight=0.2,scales=1}", "siamfc-s1{window_weight=0.2}"),
        ("siamfc{scale_limits=none}", "siamfc{scale_limits=none}"),
        ("siamfc{scale_limits=0.5:2}", "siamfc{scale_limits=0.5:2.0}"),
    ],
)
def test_what_says_the_same_has_the_same_name_and_identity(said: str, canonical: str) -> None:
    spec = resolve(said)
    assert spec.name == canonical
    assert resolve(canonical).identity() == spec.identity()


def test_other_configurations_and_weights_have_other_identities() -> None:
    names = ["siamfc", "siamfc-s1", "siamfc:paper@random", "siamfc@random", "siamfc{scale_step=1.05}"]
    assert len({resolve(name).identity() for name in names}) == len(names)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("siamfcc", "no tracker named 'siamfcc'. Did you mean 'siamfc'?"),
        ("siamfc-s6", "siamfc has no variant 's6'. Did you mean 'siamfc-s"),
        ("siamfc:papr", "siamfc has no preset 'papr'. Did you mean 'paper'?"),
        ("siamfc{scale=3}", "siamfc has no field 'scale'. Did you mean 'scales'"),
        ("siamfc{scales=three}", "scales takes a value of type int"),
        ("siamfc{whole_pixels=maybe}", "whole_pixels takes a value of type bool"),
        ("siamfc{scales}", "scales takes a value of type int"),
        ("siamfc@nowhere.pth", "no weights file 'nowhere.pth'"),
        ("siamfc:paper", "no trained weights ship for siamfc:paper"),
        ("siamfc{scales=3", "is not a tracker's name"),
        ("nothing*", "no tracker matches 'nothing*'"),
    ],
)
def test_a_wrong_name_says_what_is_wrong(name: str, line: str) -> None:
    with pytest.raises(InputError) as caught:
        expand([name])
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_lists_split_outside_braces_and_quotes() -> None:
    assert split_list('a, b{x=1,y=2},trax:"run me, now"') == ["a", "b{x=1,y=2}", 'trax:"run me, now"']


def test_names_wildcards_and_repetition_give_each_tracker_once() -> None:
    names = [spec.name for spec in expand(["siamfc,siamfc-s*", "siamfc{scales=1}", "siamfc"])]
    assert names == ["siamfc", "siamfc-s1", "siamfc-s5"]


def test_a_wildcard_takes_preset_and_weights_along() -> None:
    names = [spec.name for spec in expand(["siamfc-s*:paper@random"])]
    assert names == ["siamfc-s1:paper@random", "siamfc-s5:paper@random"]


def test_all_begins_with_the_papers_trackers_in_their_order() -> None:
    names = [spec.name for spec in expand(["all"])]
    assert names[: len(PAPERS_FIVE)] == list(PAPERS_FIVE)


def test_random_weights_are_the_same_every_time() -> None:
    first, second = (resolve("siamfc:paper@random").build("cpu") for _ in range(2))
    pairs = zip(first.net.parameters(), second.net.parameters(), strict=True)
    assert all((a == b).all() for a, b in pairs)


def test_a_variant_says_what_it_remembers_itself() -> None:
    short, long, both = (resolve(name).remembers for name in ("dualmn-short", "dualmn-long", "dualmn"))
    assert short != long
    assert short in both
    assert long in both


def test_weights_bring_the_values_that_go_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = catalog._entries()
    entries["imagenet"]["config"] = {"scales": 5, "window_weight": 0.25}
    monkeypatch.setattr(catalog, "_entries", lambda: entries)
    spec = resolve("siamfc@imagenet")
    assert (spec.config.scales, spec.config.window_weight) == (5, 0.25)
    assert spec.name == "siamfc@imagenet"
    assert hash(spec) == hash(resolve("siamfc@imagenet"))
    other = resolve("siamfc{scales=3}@imagenet")
    assert (other.config.scales, other.config.window_weight) == (3, 0.25)
    assert resolve("siamfc@random").config == SiamFCConfig()
    assert other.identity() != spec.identity() != resolve("siamfc@random").identity()


@pytest.mark.parametrize(
    ("places", "shown"),
    [
        (("a/w.pth", "b/w.pth"), ("a/w.pth", "b/w.pth")),
        (("a/w.pth", "b/v.pth"), ("w.pth", "v.pth")),
        (("a/n/w.pth", "b/n/w.pth", "b/m/w.pth"), ("a/n/w.pth", "b/n/w.pth", "m/w.pth")),
    ],
)
def test_weights_are_called_as_briefly_as_tells_them_apart(
    tmp_path: Path, places: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    for number, place in enumerate(places):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(str(number))
    specs = expand([f"siamfc@{tmp_path / place}" for place in places])
    assert [spec.name for spec in specs] == [f"siamfc@{name}" for name in shown]
    assert [resolve(spec.address).identity() for spec in specs] == [spec.identity() for spec in specs]


def test_what_behaves_the_same_is_one(tmp_path: Path) -> None:
    for name in ("a.pth", "b.pth"):
        (tmp_path / name).write_text("the same")
    names = [spec.name for spec in expand([f"siamfc@{tmp_path / 'a.pth'}", f"siamfc@{tmp_path / 'b.pth'}"])]
    assert names == ["siamfc@a.pth"]
    assert [spec.name for spec in expand(["siamfc,siamfc@imagenet"])] == ["siamfc"]


def test_names_that_a_file_system_may_take_for_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "w.pth").write_text("1")
    (tmp_path / "W.pth").write_text("2")
    if (tmp_path / "w.pth").read_text() == "2":
        pytest.skip("this file system takes them for one")
    with pytest.raises(InputError, match="have one name for many file systems"):
        expand([f"siamfc@{tmp_path / 'w.pth'},siamfc@{tmp_path / 'W.pth'}"])


CONFIGURED = """
from dataclasses import dataclass
from trackers.api import register

@dataclass(frozen=True)
class Gains:
    gain: float = 1.0
    steps: int = 2

@register("mine", remembers="nothing", config=Gains)
class Mine:
    def __init__(self, config): self.config = config
    def init(self, image, box): self.box = box
    def update(self, image): return self.box + self.config.gain
"""


def test_a_file_that_registers_a_config_takes_an_inline_delta(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(CONFIGURED)
    (tmp_path / "plain.py").write_text(
        CONFIGURED.replace(", config=Gains", "").replace("(self, config)", "(self, config=Gains())")
    )
    file = f"py:{tmp_path / 'mine.py'}"
    changed = resolve(f"{file}{{gain=2}}")
    assert changed.config.gain == 2.0
    assert changed.name.endswith("mine.py{gain=2.0}")
    assert resolve(changed.address).identity() == changed.identity() != resolve(file).identity()
    assert resolve(f"{file}{{gain=1}}").name == resolve(file).name, "what says the same has the same name"
    with pytest.raises(InputError, match="no field 'gian'"):
        resolve(f"{file}{{gian=2}}")
    with pytest.raises(InputError, match="has no config"):
        resolve(f"py:{tmp_path / 'plain.py'}{{gain=2}}")


@pytest.mark.parametrize("name", ["py:/x/\udcff.py", "siamfc@\udcff.pth", "env:python \udcff.py:A", "\udcff"])
def test_a_name_that_is_no_text_is_one_line_that_can_be_printed(name: str) -> None:
    with pytest.raises(InputError, match="no UTF-8") as told:
        resolve(name)
    assert str(told.value).isascii()


@pytest.mark.parametrize("wrapped", ["None", "int", "'theirs'"])
def test_what_a_class_calls_wrapped_is_its_own(tmp_path: Path, wrapped: str) -> None:
    (tmp_path / "mine.py").write_text(
        "from trackers.api import register\n@register('mine', remembers='nothing')\nclass Mine:\n"
        f"    wrapped = {wrapped}\n    def __init__(self, weights): self.weights = weights\n"
        "    def init(self, image, box): pass\n    def update(self, image): pass\n"
    )
    (tmp_path / "net.pth").write_bytes(b"theirs")
    file = f"py:{tmp_path / 'mine.py'}"
    assert resolve(f"{file}@{tmp_path / 'net.pth'}").weights.path == tmp_path / "net.pth"
    with pytest.raises(InputError, match="needs weights"):
        resolve(file)

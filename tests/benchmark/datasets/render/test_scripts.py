"""Every script does what its cause says, where it says."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.datasets.render.catalogue import LARGE, NAMES, Entry, read_catalogue
from benchmark.datasets.render.painter import Painter
from benchmark.datasets.render.scripts import CAUSES
from benchmark.datasets.render.sprites import Light
from benchmark.datasets.render.staging import Stage, Take
from benchmark.datasets.render.truth import Truth
from benchmark.datasets.render.worlds import demo_world, training_world
from benchmark.training.validation import SEED

ATTRIBUTE = {
    "occlusion": "OCC", "distractor": "BC", "clutter": "BC", "light": "IV", "fast-motion": "FM", "out-of-view": "OV",
    "low-resolution": "LR",
}  # fmt: skip
OTB = ("IV", "OPR", "SV", "OCC", "DEF", "MB", "FM", "IPR", "OV", "BC", "LR")


def _entries() -> list[Entry]:
    return [entry for name in NAMES for entry in read_catalogue(name).entries.values()]


def _take(cause: str, plot: str, frames: int = 120, seed: int = 5) -> Take:
    return CAUSES[cause].play(Stage(demo_world(), frames, (320, 240), seed, plot))


def test_the_sets_have_every_cause_often_enough() -> None:
    demo, full = (read_catalogue(name).entries.values() for name in NAMES)
    assert sorted(entry.cause for entry in demo) == sorted(CAUSES)
    for cause, what in CAUSES.items():
        own = [entry for entry in full if entry.cause == cause]
        assert len(own) >= 6
        assert {entry.plot for entry in own} == set(what.plots)
        assert len({entry.family for entry in own}) >= 4
    assert min(entry.frames for entry in full) >= 120
    seeds = [entry.seed for entry in _entries()]
    assert len(set(seeds)) == len(seeds)


def test_the_large_set_has_ten_seeds_of_every_plot_and_shares_none() -> None:
    full, large = (list(read_catalogue(name).entries.values()) for name in ("demo-full", LARGE))
    assert len(large) == 720 == len({entry.name for entry in large})
    seeds = {entry.seed for entry in large}
    assert len(seeds) == 720
    assert not seeds & {entry.seed for entry in _entries()}
    assert max(seeds) < SEED, "validation's lie above"
    for place, entry in enumerate(full):
        own = large[10 * place : 10 * place + 10]
        assert {(one.cause, one.plot, one.family, one.frames, one.size) for one in own} == {
            (entry.cause, entry.plot, entry.family, entry.frames, entry.size)
        }
        assert all(one.name.startswith(f"{entry.name}-") for one in own)


@pytest.mark.slow
@pytest.mark.parametrize("entry", read_catalogue(LARGE).entries.values(), ids=lambda entry: entry.name)
def test_every_sequence_of_the_large_set_begins_fairly_and_shows_its_cause(entry: Entry) -> None:
    test_every_sequence_begins_fairly_and_shows_its_cause(entry)


@pytest.mark.parametrize("entry", _entries(), ids=lambda entry: f"{entry.name}/{entry.frames}")
def test_every_sequence_begins_fairly_and_shows_its_cause(entry: Entry) -> None:
    take = entry.play()
    truth = Truth(take.scene)
    seen = truth.inside * truth.uncovered
    assert len(truth.boxes) == entry.frames
    assert np.isfinite(truth.boxes).all()
    assert np.all(truth.boxes[:, 2:] > 5)
    assert seen[:6].min() > 0.9, "the target must be seen well at first"
    assert seen[-1] > 0.5, "and at last"
    assert (~truth.valid).mean() < 0.3
    attributes = truth.attributes()
    assert set(attributes) <= set(OTB)
    if entry.cause in ATTRIBUTE:
        assert ATTRIBUTE[entry.cause] in attributes
    spans = take.spans()
    assert (not spans) == (entry.cause == "plain")
    assert all(0 <= first < last < entry.frames for first, last in spans)


@pytest.mark.parametrize("plot", CAUSES["occlusion"].plots)
def test_occluders_hide_the_target_where_they_act_and_nowhere_else(plot: str) -> None:
    take = _take("occlusion", plot)
    painter = Painter(take.scene)
    light = Light()
    target = take.scene.target
    drawn = []
    for t in range(0, len(take.scene), 5):
        own = painter.sprite(target, t, light)
        assert own is not None
        cover = np.ones_like(own.image[..., 3])
        for actor in take.scene.before:
            other = painter.sprite(actor, t, light)
            if other is not None:
                cover *= 1 - _cut(other.image[..., 3], other.left - own.left, other.top - own.top, cover.shape)
        drawn.append((own.image[..., 3] * cover).sum() / own.image[..., 3].sum())
    told = Truth(take.scene).uncovered[::5]
    # The drawing has soft edges and, at times, a smear; the count is on a grid.
    assert np.abs(np.array(drawn) - told).max() < 0.12
    acts = take.acts[::5]
    assert np.mean(told[acts]) < 0.7
    assert told[~acts].min() >= 0.8
    if plot != "hedge":
        assert told.min() < 0.1


def _cut(alpha: np.ndarray, left: int, top: int, shape: tuple[int, int]) -> np.ndarray:
    canvas = np.zeros((shape[0] + 2000, shape[1] + 2000))
    canvas[1000 + top : 1000 + top + alpha.shape[0], 1000 + left : 1000 + left + alpha.shape[1]] = alpha
    return canvas[1000 : 1000 + shape[0], 1000 : 1000 + shape[1]]


@pytest.mark.parametrize("plot", CAUSES["distractor"].plots)
def test_look_alikes_are_near_where_they_act(plot: str) -> None:
    take = _take("distractor", plot)
    others = (*take.scene.behind, *take.scene.before)
    nearest = Truth(take.scene).nearest(others)
    assert take.acts.any()
    assert nearest[take.acts].max() < 1.5
    for other in others:
        assert other.body == take.scene.target.body
        assert other.skin != take.scene.target.skin
        assert other.skin.front.family == take.scene.target.skin.front.family


@pytest.mark.parametrize("plot", CAUSES["appearance"].plots)
def test_appearance_changes_and_comes_back(plot: str) -> None:
    take = _take("appearance", plot)
    spans = take.spans()
    assert len(spans) == 2
    painter = Painter(take.scene)
    times = (3, sum(spans[0]) // 2, (spans[0][1] + spans[1][0]) // 2, sum(spans[1]) // 2)
    first, changed, back, again = (_colours(painter, take, t) for t in times)
    assert np.linalg.norm(changed - first) > 3 * np.linalg.norm(back - first)
    assert np.linalg.norm(again - first) > 3 * np.linalg.norm(again - changed)
    near = Truth(take.scene).nearest(take.scene.behind)
    assert all(near[begin : end + 1].min() < 0.6 for begin, end in spans), "one in its first looks must pass it"
    decoy = take.scene.behind[0].skin.front
    assert (decoy.family, decoy.seed) == (take.scene.target.skin.front.family, take.scene.target.skin.front.seed)


def _colours(painter: Painter, take: Take, t: int) -> np.ndarray:
    """Return the target's colours as a coarse histogram."""
    sprite = painter.sprite(take.scene.target, t, Light())
    assert sprite is not None
    solid = sprite.image[sprite.image[..., 3] > 0.99][:, :3]
    return np.histogramdd(solid, bins=3, range=[(0, 1)] * 3)[0].ravel() / len(solid)


@pytest.mark.parametrize("cause", list(CAUSES))
def test_the_other_world_can_play_every_script(cause: str) -> None:
    for plot in CAUSES[cause].plots:
        stage = Stage(training_world(), 60, (256, 192), 9, plot, extent=44.0)
        take = CAUSES[cause].play(stage)
        assert len(take.scene) == 60
        scene = take.scene
        actors = [(actor.body, actor.skin) for actor in (scene.target, *scene.behind, *scene.before)]
        for body, skin in (*actors, *scene.backdrop.strewn):
            assert body.family in (*training_world().bodies, "pillar", "hedge")
            assert {skin.front.family, skin.back.family} <= set(training_world().textures)


def test_a_script_says_what_it_does() -> None:
    for cause in CAUSES.values():
        assert cause.meaning.endswith(".")
        for plot in cause.plots:
            assert f"`{plot}`" in (cause.play.__doc__ or "") or plot == "stroll"

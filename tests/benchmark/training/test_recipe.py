from __future__ import annotations

from dataclasses import replace

import pytest

from benchmark.training.learners import make_learner
from benchmark.training.recipe import parse_recipe, read_recipe, recipe_names
from trackers.errors import InputError

SMALL = """
tracker = "siamfc"
start = "imagenet"
frames = 2
train = ["neck"]
[mixture]
sources = [{ reader = "crops" }]
[schedule]
steps = 2
batch = 2
rate = 1e-3
"""


def test_every_recipe_that_ships_can_be_read() -> None:
    assert {"siamfc", "memtrack", "siamfc-paper", "memtrack-paper"} <= set(recipe_names())
    for name in recipe_names():
        recipe = read_recipe(name)
        assert recipe.name == name
        assert recipe.mixture.weights.get("dronevid_vis", 0) + recipe.mixture.weights.get(
            "dronevid_ir", 0
        ) <= 0.1 * sum(recipe.mixture.weights.values())


def test_a_recipe_says_what_changes() -> None:
    recipe = parse_recipe(SMALL, "mine", "mine.toml")
    assert recipe.trains("neck.weight")
    assert not recipe.trains("backbone.trunk.stem.weight")
    assert recipe.trunk_is_fixed
    assert not parse_recipe(SMALL.replace('["neck"]', '[""]'), "mine", "mine.toml").trunk_is_fixed


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("steps = 2", "stepz = 2", "steps"),
        ("steps = 2", "steps = 'two'", "type int"),
        ("frames = 2", "", "frames"),
        ("frames = 2", "frames = ", "not TOML"),
        ("[schedule]", "[timetable]", "no .timetable"),
        ("steps = 2", "steps = 0", r"schedule\.steps is not 1 or more"),
        ("batch = 2", "batch = -1", r"schedule\.batch is not 1 or more"),
        ("rate = 1e-3", "rate = 0", r"schedule\.rate is not a measurable number above 0"),
        ("rate = 1e-3", "rate = 1e300", r"schedule\.rate is not a number"),
        ("rate = 1e-3", "rate = nan", "not finite"),
        ("frames = 2", "frames = 0x" + "f" * 99, "too large"),
        ("[mixture]", "[mixture]\npasted = 1.5", r"mixture\.pasted is not from 0 to 1"),
        ("[mixture]", "[mixture]\nweights = { a = -1 }", r"mixture\.weights\['a'\] is not 0 or more"),
        ("[mixture]", "[cut]\nsearch_size = 0\n[mixture]", r"cut\.search_size is not 1 or more"),
        ('train = ["neck"]', "train = [3]", r"train\[0\] is not a text"),
        ('[{ reader = "crops" }]', "3", "sources is a list of tables"),
        ('[{ reader = "crops" }]', '["crops"]', "sources is a list of tables"),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        parse_recipe(SMALL.replace(old, new), "mine", "mine.toml")
    assert "mine.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_unknown_recipe_gets_a_suggestion() -> None:
    with pytest.raises(InputError, match="siamfc"):
        read_recipe("siamfk")
    with pytest.raises(InputError, match="no recipe file"):
        read_recipe("missing.toml")


def test_a_parameter_has_the_first_factor_whose_pattern_fits() -> None:
    factors = 'factors = { "controller.gates.*" = 10, "*.bias" = 2 }'
    schedule = parse_recipe(SMALL + factors, "mine", "mine.toml").schedule
    names = ("controller.gates.bias", "controller.key.bias", "controller.key.weight")
    assert [schedule.factor(name) for name in names] == [10, 2, 1]


def test_a_variant_is_trained_by_its_familys_recipe_under_a_name_of_its_own() -> None:
    base = read_recipe("memtrack-video")
    variant = base.of_variant("memtrack-noatt")
    assert (variant.tracker, variant.name) == ("memtrack-noatt", "memtrack-video-noatt")
    assert replace(variant, tracker=base.tracker, name=base.name) == base
    assert not make_learner(variant).net.config.attention


@pytest.mark.parametrize("other", ["siamfc", "dualmn-long", "memtrack:paper"])
def test_another_tracker_is_no_variant(other: str) -> None:
    with pytest.raises(InputError, match=f"trains memtrack, of which {other} is no variant"):
        read_recipe("memtrack-video").of_variant(other)

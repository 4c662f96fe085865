"""What the catalogue says of the weights that ship is what their recipes say: data, parts, steps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from safetensors.torch import load_file

from benchmark.training.data import read_tracks
from benchmark.training.recipe import Recipe, read_recipe
from trackers.names import resolve
from trackers.weights import catalog
from trackers.weights.fitting import network

SETS = {
    "coco": {"COCO"}, "coco_tiny": {"COCO"}, "humanseg": {"Human Segmentation"}, "davis16val": {"DAVIS-2016 (val)"},
    "uav123": {"UAV123"}, "uavdt": {"UAVDT"}, "dtb70": {"DTB70"}, "tld": {"TLD"}, "vot": {"VOT"},
    "gtea": {"GTEA Gaze+"}, "homeobjects": {"homeobjects"}, "kangaroo": {"kangaroo"}, "raccoon": {"raccoon"},
    "fruitnuts": {"fruitnuts"}, "plates": {"plates"}, "mmpose": {"mmpose"},
    "dronevid_vis": {"Drone-detection"}, "dronevid_ir": {"Drone-detection"},
    "windows": {"VOT", "UAV123", "UAVDT", "DTB70"},
}  # fmt: skip
"""What the sets of the mixtures are made of."""
SHIPPED = {name: entry for name, entry in catalog._entries().items() if "recipe" in entry}
CHOSEN_BY = {"DTB70/Gull2", "UAVDT/S1301", "UAV123/bike1", "UAV123/car10", "UAV123/person11", "UAV123/wakeboard5"}


def recipes(name: str) -> list[Recipe]:
    return [read_recipe(one) for one in SHIPPED[name]["recipe"].split(", ")]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_named_as_trained_on_is_what_the_recipe_draws(name: str) -> None:
    drawn = {
        made for one in recipes(name) for key, weight in one.mixture.weights.items() if weight for made in SETS[key]
    }
    assert set(SHIPPED[name]["trained_on"]) == drawn | {"ImageNet-1k"}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_file_holds_what_the_recipe_trains(name: str) -> None:
    entry = SHIPPED[name]
    held = set(load_file(Path(catalog.__file__).with_name(entry["file"])))
    family = entry["file"].removesuffix(".safetensors")
    wanted = set(network(resolve(f"{family}@random").config).state_dict())
    trained = {key for key in wanted if any(one.trains(key) for one in recipes(name))}
    assert trained <= held <= wanted
    assert all(key.startswith("neck.") for key in held - trained), "which stays as it began"
    assert all(family.startswith(one.tracker) for one in recipes(name))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_run_of_the_whole_recipe_has_its_steps(name: str) -> None:
    entry, wanted = SHIPPED[name], [one.schedule for one in recipes(name)]
    counts = [int(count.replace(",", "")) for count in re.findall(r"for ([\d,]+) steps", entry["duration"])]
    assert counts == [schedule.steps for schedule in wanted]
    best = [int(count.replace(",", "")) for count in re.findall(r"weights of step ([\d,]+)", entry["note"])]
    assert len(best) in (0, len(wanted))
    for step, schedule in zip(best, wanted, strict=False):
        assert step <= schedule.steps
        assert step % schedule.validate_every == 0


@pytest.mark.parametrize("name", ["siamfc", "memtrack-video", "dualmn-long", "dualmn-short"])
def test_the_data_of_a_recipe_are_those_that_it_names(name: str, shared_data: Path) -> None:
    recipe = read_recipe(name)
    root = shared_data / "data" / "train" if name == "siamfc" else shared_data / "data"
    tracks = read_tracks(recipe, root)
    assert {track.source for track in tracks} == {key for key, weight in recipe.mixture.weights.items() if weight > 0}
    names = {track.name for track in tracks}
    if name == "siamfc":
        assert names >= CHOSEN_BY, "older than the videos that things are chosen by: said in docs/training.md"
    else:
        assert set(recipe.mixture.leave_out) == CHOSEN_BY
        assert not names & CHOSEN_BY

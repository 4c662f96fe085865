from __future__ import annotations

import pytest

from benchmark.profiles import DEFAULT_PROFILE, load_profile, profile_names
from trackers.errors import InputError


def test_the_profiles_default_first() -> None:
    assert profile_names() == (
        "otb", "got10k", "lasot", "ostrack", "pysot", "pytracking", "tcolor128", "trackingnet"
    )  # fmt: skip
    assert load_profile().name == DEFAULT_PROFILE


@pytest.mark.parametrize("name", profile_names())
def test_grids_hold_their_headline(name: str) -> None:
    profile = load_profile(name)
    assert len(profile.success_thresholds) == 21
    assert len(profile.precision_thresholds) == (21 if name == "trackingnet" else 51)
    assert profile.precision_headline in (None, *profile.precision_thresholds)
    assert profile.normalised_headline is None or profile.normalised_headline in profile.normalised_thresholds
    assert profile.source


def test_unknown_profile_is_a_clear_error() -> None:
    with pytest.raises(InputError, match=r"no evaluation profile 'pysott'.*Did you mean 'pysot'"):
        load_profile("pysott")


def test_a_datasets_own_rules_are_the_profiles_tables() -> None:
    assert load_profile("pytracking").invalid_centre == load_profile("pytracking", "DTB70").invalid_centre == "miss"
    assert load_profile("pytracking", "UAV20L").invalid_centre == "hit"
    assert load_profile("got10k", "UAV123").nan_truth == "dropped"
    ours = load_profile("got10k", "GOT-10k/val")
    assert (ours.first_frame, ours.absent, ours.average, ours.bounded) == ("dropped", "dropped", "frames", True)
    assert len(ours.success_thresholds) == 101
    assert load_profile("got10k", "OTB100") == load_profile("got10k", "folder") == load_profile("got10k")
    assert (load_profile("pysot").absent, load_profile("pysot", "LaSOT/ext").absent) == ("as any", "miss")
    for fork in ("pytracking", "ostrack"):
        known = [load_profile(fork, dataset).absent for dataset in ("LaSOT", "LaSOT/ext", "GOT-10k/val", "OTB100")]
        assert known == ["miss", "invalid", "as any", "as any"]
    assert (load_profile("pytracking").invalid_truth, load_profile("ostrack").invalid_truth) == ("row", "size")


def test_what_is_said_of_curves_is_of_the_profile() -> None:
    usual, other = load_profile("otb"), load_profile("trackingnet")
    assert (usual.precision_short, usual.success_sign) == ("P@20", ">")
    assert (other.precision_short, other.success_sign) == ("P@area", "≥")
    assert usual.success_words == "frames with an overlap above the threshold"
    assert other.success_words == "frames with an overlap at or above the threshold"
    assert usual.area_words == "the mean is the AUC"
    assert other.area_words == "the area below it, by trapezoids, is the AUC"


def test_one_toolkit_alone_averages_speeds_and_not_times() -> None:
    assert [name for name in profile_names() if load_profile(name).speed != "frames / time"] == ["got10k"]


@pytest.mark.parametrize("name", ["otb", "lasot", "tcolor128"])
def test_matlabs_thresholds_are_built_from_both_ends(name: str) -> None:
    matlab, python = load_profile(name), load_profile("pysot")
    assert matlab.success_thresholds[:11] == tuple(0.05 * k for k in range(11))
    assert matlab.success_thresholds[11:] == tuple(1 - 0.05 * (20 - k) for k in range(11, 21))
    assert python.success_thresholds == tuple(0.05 * k for k in range(21))
    assert matlab.success_thresholds != python.success_thresholds
    assert matlab.normalised_thresholds[26:] == tuple(0.5 - 0.01 * (50 - k) for k in range(26, 51))
    assert matlab.normalised_thresholds != python.normalised_thresholds

from __future__ import annotations

import pytest

from benchmark.profiles import DEFAULT_PROFILE, load_profile, profile_names
from trackers.errors import InputError


def test_the_four_profiles_default_first() -> None:
    assert profile_names() == ("otb", "got10k", "pysot", "pytracking")
    assert load_profile().name == DEFAULT_PROFILE


@pytest.mark.parametrize("name", profile_names())
def test_grids_hold_their_headline(name: str) -> None:
    profile = load_profile(name)
    assert len(profile.success_thresholds) == 21
    assert len(profile.precision_thresholds) == 51
    assert profile.precision_headline in profile.precision_thresholds
    assert profile.normalised_headline is None or profile.normalised_headline in profile.normalised_thresholds
    assert profile.source


def test_unknown_profile_is_a_clear_error() -> None:
    with pytest.raises(InputError, match=r"no evaluation profile 'pysott'.*Did you mean 'pysot'"):
        load_profile("pysott")

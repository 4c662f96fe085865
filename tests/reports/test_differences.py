from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reports.model import build_report
from trackers.errors import InputError

SKILLS = {"memtrack": 0.8, "siamfc": 0.4, "dualmn": 0.9}


@pytest.fixture(scope="module")
def run(make: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("results"), SKILLS, [f"s{n}" for n in range(14)], 30, pictures=False)


def test_each_curve_minus_the_bases_is_the_difference_of_their_averages(run: Path) -> None:
    report = build_report([run], frames=False)
    assert report.base == "siamfc"
    overall = {one.name: one.summary.overall for one in report.scored if one.summary}
    assert [(one.kind, one.score.other) for one in report.differences] == [
        (kind, name) for kind in ("success", "precision") for name in overall if name != "siamfc"
    ]
    for one in report.differences:
        ours, base = (getattr(overall[name], f"{one.kind}_curve") for name in (one.score.other, "siamfc"))
        np.testing.assert_allclose(one.mean, ours - base, atol=1e-12)
        assert one.band is not None
        assert ((one.band.low <= one.mean) & (one.mean <= one.band.high)).all()


def test_the_base_is_chosen_and_a_wrong_one_is_named(run: Path) -> None:
    report = build_report([run], frames=False, base="memtrack")
    assert report.base == "memtrack"
    assert {one.score.other for one in report.differences} == {"siamfc", "dualmn"}
    with pytest.raises(InputError, match="Did you mean 'memtrack'"):
        build_report([run], frames=False, base="memtrak")


def test_without_siamfc_the_first_tracker_is_the_base_and_one_alone_has_no_differences(
    make: Callable[..., Path], tmp_path: Path
) -> None:
    two = make(tmp_path / "two", {"cv2:kcf": 0.4, "memtrack": 0.8}, frames=30, pictures=False)
    report = build_report([two], frames=False)
    assert report.base == "cv2:kcf"
    assert all(one.band is None for one in report.differences), "six sequences are too few"
    alone = make(tmp_path / "one", {"memtrack": 0.8}, frames=30, pictures=False)
    assert build_report([alone], frames=False).differences == ()

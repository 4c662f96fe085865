from __future__ import annotations

import pytest

from benchmark.signed import signed


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (-0.0004, ".3f", "0.000"), (0.0004, ".3f", "0.000"), (-0.0, ".3f", "0.000"), (0.0, ".3f", "0.000"),
        (-0.0006, ".3f", "-0.001"), (0.0006, ".3f", "+0.001"), (-10.0, ".3f", "-10.000"), (100.0, ".3f", "+100.000"),
        (-0.0004, ".4f", "-0.0004"), (-0.00004, ".4f", "0.0000"), (-0.0004, ".1%", "0.0%"), (0.0006, ".1%", "+0.1%"),
        (-0.0, "g", "0"), (20.0, "g", "+20"), (-1e-9, ".3g", "-1e-09"), (0.0, ".0e", "0e+00"),
        (0.004, ".2f", "0.00"), (-2e-10, ".0e", "-2e-10"), (float("inf"), ".3f", "+inf"),
    ],
)  # fmt: skip
def test_only_what_is_something_as_it_is_rounded_has_a_sign(value: float, spec: str, text: str) -> None:
    assert signed(value, spec) == text

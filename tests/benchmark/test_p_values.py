from __future__ import annotations

import pytest

from benchmark.p_values import p_equals, p_text


@pytest.mark.parametrize(
    ("p", "text", "equals"),
    [
        (1.0, "1.000", "p\u00a0=\u00a01.000"), (0.0126, "0.013", "p\u00a0=\u00a00.013"),
        (0.001, "0.001", "p\u00a0=\u00a00.001"), (0.00099, "< 0.001", "p\u00a0<\u00a00.001"),
        (1e-30, "< 0.001", "p\u00a0<\u00a00.001"),
    ],
)  # fmt: skip
def test_what_is_not_zero_never_reads_as_zero(p: float, text: str, equals: str) -> None:
    assert p_text(p) == text
    assert p_equals(p) == equals

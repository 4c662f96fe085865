from __future__ import annotations

import pytest

from trackers.errors import advised, describe, did_you_mean


def test_a_near_name_is_suggested_in_its_own_spelling() -> None:
    assert did_you_mean("siamFCC", ["siamfc", "memtrack"]) == " Did you mean 'siamfc'?"


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    assert did_you_mean("zzz", ["siamfc", "memtrack"]) == ""


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("one\ntwo"), "ValueError: one"),
        (RuntimeError("Error(s) in loading state_dict for Net:\n\tMissing key: a\n\tb"),
         "RuntimeError: Error(s) in loading state_dict for Net: Missing key: a"),
        (KeyError(), "KeyError"),
        (AssertionError("Torch not compiled with CUDA enabled"),
         "AssertionError: Torch not compiled with CUDA enabled; its code asks for a GPU, and torch sees none here"),
        (ModuleNotFoundError("No module named 'lib.x'"), "ModuleNotFoundError: No module named 'lib.x'"),
    ],
)  # fmt: skip
def test_an_error_is_a_line_with_what_to_do_where_that_is_known(error: Exception, line: str) -> None:
    assert describe(error) == line


def test_the_whole_of_an_error_is_one_line_too() -> None:
    assert describe(ValueError("one\n  two\n"), whole=True) == "ValueError: one two"


def test_advice_stands_behind_the_beginning_of_what_is_long() -> None:
    line = advised("UnpicklingError: Weights only load failed. " + "x" * 900)
    assert line.endswith("xxx...; if you trust that file, set TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1")
    assert len(line) < 200

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.commands.lists import join_names, split_names
from trackers.lists import one_of_list, split_list


@given(st.lists(st.text(st.sampled_from(r"ab,\{}\" ")).map(str.strip).filter(bool)))
def test_names_come_back_from_a_list_as_they_are(names: list[str]) -> None:
    assert split_names(join_names(names)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Couple, Crossing", ["Couple", "Crossing"]),
        (r"a\, b,c", ["a, b", "c"]),
        (r"C:\video", [r"C:\video"]),
        (",a,,", ["a"]),
    ],
)
def test_a_list_is_read_as_it_is_typed(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    "name",
    ["siamfc{scale_step=1.05,gray=true}", "py:/a,b/one.py", "py:/a,b/one.py{x=1,y=2}", 'trax:"./run --at 1,2"'],
)
def test_a_tracker_comes_back_from_a_list_as_it_is(name: str) -> None:
    assert split_list(f"siamfc,{one_of_list(name)},dualmn") == ["siamfc", name, "dualmn"]

from __future__ import annotations

from dataclasses import replace

from studied import made_answer

from reports.studies.words import study_forest
from reports.studies.write import to_page


def test_a_difference_that_is_sure_and_too_small_to_count_is_called_so_everywhere() -> None:
    whole = replace(made_answer(), relevant=0.9)
    assert "is worse than full, by less than counts.**" in to_page(whole)
    assert "worse, by &lt; 0.9" in to_page(whole)
    words = [row.word for row in study_forest(whole).rows]
    assert "worse, by < 0.9" in words
    assert [row.found for row in study_forest(whole).rows if row.group], "there are crossed effects"
    assert {row.word for row in study_forest(whole).rows if row.group} <= {
        "alike",
        "better, by < 0.9",
        "worse, by < 0.9",
    }

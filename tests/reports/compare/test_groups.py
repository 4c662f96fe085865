from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmark.pairing import within
from benchmark.runs import Run
from reports.compare import write
from reports.compare.groups import groups_of
from reports.compare.model import compare_trackers
from reports.compare.tables import comparison_tables


def test_a_change_is_told_by_attribute_on_the_sequences_that_share_it(made_run: Path) -> None:
    comparison = compare_trackers(made_run, ["siamfc", "memtrack", "dualmn"], frames=False)
    groups = {group.name: group for group in comparison.groups["attribute"]}
    of = {view.name: view.attributes for view in comparison.views}
    assert set(groups) == {"FM", "OCC", "SV"}
    for name, group in groups.items():
        members = [sequence for sequence, codes in of.items() if name in codes]
        assert group.sequences == len(members) >= 2
        for pair, found in zip(comparison.pairs, group.differences, strict=True):
            assert found.difference == pytest.approx(np.mean([pair.differences()[one] for one in members]))
            assert found.interval.low < found.difference < found.interval.high
    cells = [one.p for group in groups.values() for one in group.differences]
    smallest = min((one for group in groups.values() for one in group.differences), key=lambda one: one.p)
    assert smallest.p_holm == pytest.approx(min(1, len(cells) * smallest.p)), "corrected over the whole table"
    assert comparison.groups["cause"] == ()
    table = comparison_tables(comparison)["by-attribute"]
    assert [column.heading for column in table.columns][2:] == ["siamfc → memtrack", "siamfc → dualmn"]
    assert f"correction over the {len(cells)} of this table" in table.notes[0]


def test_causes_group_rendered_sequences_and_one_sequence_is_no_group(made_run: Path) -> None:
    matched, _ = within(Run.read(made_run), ["siamfc", "memtrack"])
    views = compare_trackers(made_run, ["siamfc", "memtrack"], frames=False).views
    caused = [replace(view, cause="light" if view.name in ("first", "third") else view.name) for view in views]
    (light,) = groups_of(matched, caused, "auc")["cause"]
    assert (light.name, light.sequences) == ("light", 2)


def test_the_page_has_a_section_of_it(made_run: Path, tmp_path: Path) -> None:
    page = write(made_run, made_run, tmp_path / "compare.html").read_text()
    assert 'href="#where"' in page
    assert "Change of success AUC by attribute, B − A" in page

from __future__ import annotations

from dataclasses import replace

from studied import made_answer

from reports.studies.write import to_page


def test_one_repeat_leaves_out_what_several_alone_can_tell() -> None:
    whole = made_answer()
    assert "chance of the start" in to_page(whole)
    actors = tuple(replace(one, repeats_share=None, deviation=None) for one in whole.actors)
    findings = tuple(replace(one, auc=replace(one.auc, repeats_share=None)) for one in whole.findings)
    single = replace(whole, repeats=1, actors=actors, findings=findings)
    text = to_page(single)
    assert "Chance of the start: within the interval, but one repeat cannot tell how much of it." in text
    for absent in ("| chance of the start", "SD over repeats", "mean of its repeats", "Chance of the start makes"):
        assert absent in to_page(whole), "else nothing is looked at"
        assert absent not in text

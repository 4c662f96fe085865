from __future__ import annotations

import pytest

from benchmark.datasets.lookup import open_dataset
from benchmark.measurements.dual_oracle import follow
from benchmark.metrics.overlap import overlap
from trackers.dualmn.decision import Decider, Reason
from trackers.dualmn.tracker import DualMN
from trackers.names import resolve


def test_the_oracle_follows_and_believes_the_branch_that_overlaps_more(monkeypatch: pytest.MonkeyPatch) -> None:
    (video,) = open_dataset("demo").load(["distractor-1"])
    video = video.first(10)
    spec = resolve("dualmn-oracle")
    tracker = DualMN(spec.config, spec.weights, "cpu")
    decisions = []
    decide = DualMN._decide

    def watched(self, views, scale, before, pixels, disagreement):
        decision = decide(self, views, scale, before, pixels, disagreement)
        boxes = {
            name: before.moved(found.shift, found.size, self.config.scale_limits).boxes()
            for name, found in ((name, view.found(scale)) for name, view in views.items())
        }
        overlaps = {name: overlap(each, self.truth)[0] for name, each in boxes.items()}
        decisions.append((decision.by(Decider.LONG).item(), overlaps["long"] >= overlaps["short"]))
        assert decision.reason.item() == Reason.CONFIDENCE
        return decision

    monkeypatch.setattr(DualMN, "_decide", watched)
    boxes = follow(tracker, video, 0)
    assert [long for long, _ in decisions] == [better for _, better in decisions]
    assert len(set(decisions)) == 2, "each branch decides"
    assert overlap(boxes, video.annotation.boxes).min() > 0.5

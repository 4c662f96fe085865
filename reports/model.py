"""One typed report model: every page, table and plot is drawn from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.profiles import Profile, load_profile
from benchmark.scores import RunScores, TrackerScores
from trackers.errors import InputError


@dataclass(frozen=True)
class Report:
    """What a run's report says."""

    scores: RunScores
    manifest: dict[str, Any]
    profile: Profile

    @classmethod
    def of_run(cls, run: Path) -> Report:
        """Read a run's folder; InputError where it is damaged."""
        try:
            manifest = json.loads((run / "manifest.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{run / 'manifest.json'} cannot be read ({error}); run the same command again") from error
        scores = RunScores.read(run)
        return cls(scores, manifest, load_profile(scores.profile))

    @property
    def ranked(self) -> tuple[TrackerScores, ...]:
        """The trackers, best success AUC first; those without a score last."""
        return tuple(sorted(self.scores.trackers, key=lambda t: -t.summary.overall.auc if t.summary else 1.0))

    @property
    def scored(self) -> tuple[TrackerScores, ...]:
        """The ranked trackers that have scores."""
        return tuple(tracker for tracker in self.ranked if tracker.summary)

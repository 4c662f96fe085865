"""What trackers cost on this machine, as far as it was measured: kept in the results folder (``costs.json``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from benchmark.documents import read_json
from benchmark.shapes import check
from benchmark.store.keys import code_digest
from benchmark.store.manifest import write_json
from benchmark.store.results import writing
from benchmark.studies.cost import Cost
from trackers.errors import InputError
from trackers.names import TrackerSpec

__all__ = ["Costs", "cost_key"]

SCHEMA = 2
FILE = "costs.json"


@dataclass
class Costs:
    """The costs that a results folder keeps."""

    folder: Path
    known: dict[str, Cost] = field(default_factory=dict)
    """By `cost_key`."""

    @classmethod
    def read(cls, folder: Path) -> Costs:
        """Read what a results folder keeps; nothing where the file is missing, damaged or of another schema."""
        try:
            content = read_json(folder / FILE, "")
            costs = {key: Cost(**one) for key, one in content["costs"].items()} if content["schema"] == SCHEMA else {}
            check(costs, Mapping[str, Cost])
        except (InputError, ValueError, KeyError, TypeError, AttributeError):
            costs = {}
        return cls(folder, costs)

    def learn(self, found: Mapping[str, Cost]) -> None:
        """Keep costs from now on, in place of older ones of the same key, beside what others have learnt meanwhile."""
        if not found:
            return
        self.known |= {**Costs.read(self.folder).known, **found}
        with writing(self.folder / FILE):
            write_json(
                self.folder / FILE,
                {"schema": SCHEMA, "costs": {key: asdict(cost) for key, cost in sorted(self.known.items())}},
            )


def cost_key(
    spec: TrackerSpec, environment: Mapping[str, str], code_of: Callable[[TrackerSpec], str] = code_digest
) -> str:
    """Return what a tracker's cost is kept under: its configuration, its code and the class of machine."""
    facts = [spec.identity(), code_of(spec), dict(environment)]
    return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]

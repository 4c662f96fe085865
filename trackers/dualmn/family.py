"""DualMN by name: its presets and variants, read without loading torch."""

from __future__ import annotations

from trackers.dualmn.config import DIMP, PAPER, SUPERDIMP, VARIANTS, DualMNConfig
from trackers.registry import declare

LONG = "what the target is: frames spread over its past"
SHORT = "how the target differs from what is around it: a filter learnt online"


def remembered(config: DualMNConfig) -> str:
    """Return in one line what the branches of a config remember."""
    return {"long": LONG, "short": SHORT, "both": f"{LONG}; and {SHORT}"}[config.branches]


FAMILY = declare(
    "dualmn",
    "trackers.dualmn.tracker:DualMN",
    remembers=remembered,
    paper="Wang et al., Dual-Branch Memory Network for Visual Object Tracking, PRCV 2022; "
    "a reconstruction: the authors released no code",
    config=DualMNConfig,
    presets={"paper": PAPER, "dimp": DIMP, "superdimp": SUPERDIMP},
    variants=VARIANTS,
)

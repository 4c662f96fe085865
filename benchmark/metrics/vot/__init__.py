"""VOT's measures: accuracy, robustness and expected average overlap of runs with restarts and of runs from anchors."""

from enum import IntEnum

__all__ = ["Code"]


class Code(IntEnum):
    """What a frame of a run with restarts is; the first three as VOT's files of regions have them."""

    UNKNOWN = 0
    """Left out between a failure and the next start."""
    INITIALISED = 1
    """The tracker was shown its target."""
    FAILED = 2
    """Its box had no pixel in common with the target."""
    TRACKED = 3

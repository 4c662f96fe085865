"""What of a configuration says how sizes are found; apart, so that a tracker's name is read without loading torch."""

from __future__ import annotations

from dataclasses import dataclass

from trackers.errors import InputError


@dataclass(frozen=True)
class SizeRules:
    """How sizes are found: part of the configuration of every tracker that can read them off templates."""

    pyramid: str = "templates"
    """What is cut at several scales: the first ``templates``, once, or ``crops`` of every frame, as in the papers."""
    scales: int = 3
    """Of the pyramid, odd. Templates are ``size_step`` apart, crops ``scale_step``."""
    size_step: float = 1.12
    """Between the sizes at which the template is cut."""
    size_width: float = 0.52
    """Of the Gaussian, in logarithms of size."""
    size_tolerance: float = 0.05
    """Difference between the sizes seen and held, in logarithms of size, that changes nothing."""
    size_share: float = 0.2
    """Share of what is beyond it that is taken over in a frame, where the tracker is sure."""
    size_sure: float = 0.5
    """Answer above the mean, as a share of the first frame's own, from which on the tracker is sure; below, the share
    taken over falls in proportion."""
    size_most: float = 0.06
    """Largest change in a frame, in logarithms of size."""

    @property
    def by_crops(self) -> bool:
        """Whether the pyramid is one of crops. Raises InputError where it is of neither."""
        if self.pyramid not in ("templates", "crops"):
            raise InputError(f"a pyramid is of templates or crops, not of {self.pyramid}")
        return self.pyramid == "crops"

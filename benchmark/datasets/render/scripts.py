"""The causes of failure, each with its script and its plots: what `Stage` and `Take` are made for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from benchmark.datasets.render import scripts_change as change
from benchmark.datasets.render import scripts_hiding as hiding
from benchmark.datasets.render import scripts_imaging as imaging
from benchmark.datasets.render import scripts_likeness as likeness
from benchmark.datasets.render.staging import Stage, Take


@dataclass(frozen=True)
class Cause:
    """A cause of failure."""

    play: Callable[[Stage], Take]
    plots: tuple[str, ...]

    @property
    def meaning(self) -> str:
        """What happens, in one line."""
        return (self.play.__doc__ or "").splitlines()[0]


CAUSES: Mapping[str, Cause] = MappingProxyType(
    {
        "plain": Cause(imaging.plain, imaging.PLAIN_PLOTS),
        "occlusion": Cause(hiding.occlusion, hiding.OCCLUSION_PLOTS),
        "distractor": Cause(likeness.distractor, likeness.DISTRACTOR_PLOTS),
        "appearance": Cause(change.appearance, change.APPEARANCE_PLOTS),
        "scale": Cause(change.scale, change.SCALE_PLOTS),
        "rotation": Cause(change.rotation, change.ROTATION_PLOTS),
        "blur": Cause(imaging.blur, imaging.BLUR_PLOTS),
        "light": Cause(imaging.light, imaging.LIGHT_PLOTS),
        "fast-motion": Cause(imaging.fast_motion, imaging.MOTION_PLOTS),
        "out-of-view": Cause(hiding.out_of_view, hiding.ABSENCE_PLOTS),
        "clutter": Cause(likeness.clutter, likeness.CLUTTER_PLOTS),
        "low-resolution": Cause(change.low_resolution, change.RESOLUTION_PLOTS),
    }
)
"""Every cause by name; `plain` is the control, in which none acts."""

"""What a family learns from a batch of clips: its network in training, and the loss."""

from __future__ import annotations

from benchmark.training.learners.common import Learner
from benchmark.training.learners.dualmn import make_dualmn_learner
from benchmark.training.learners.memtrack import MemTrackLearner
from benchmark.training.learners.siamfc import SiamFCLearner
from benchmark.training.recipe import Recipe
from trackers.dualmn.config import DualMNConfig
from trackers.errors import InputError
from trackers.memtrack.config import MemTrackConfig
from trackers.names import resolve
from trackers.siamfc.config import SiamFCConfig


def make_learner(recipe: Recipe) -> Learner:
    """Return the learner of a recipe's tracker, holding the weights it starts from."""
    spec = resolve(f"{recipe.tracker}@random")
    if isinstance(spec.config, SiamFCConfig):
        return SiamFCLearner(spec.config, spec, recipe)
    if isinstance(spec.config, MemTrackConfig):
        return MemTrackLearner(spec.config, spec, recipe)
    if isinstance(spec.config, DualMNConfig):
        return make_dualmn_learner(spec.config, spec, recipe)
    raise InputError(f"{recipe.tracker} has no learner; siamfc, memtrack and dualmn have")

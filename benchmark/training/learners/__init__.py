"""What a family learns from a batch of clips: its network in training, and the loss."""

from __future__ import annotations

from benchmark.training.learners.common import Learner
from benchmark.training.learners.dualmn import LongLearner, ShortLearner
from benchmark.training.learners.dualmn_paper import DimpLearner, PaperLongLearner
from benchmark.training.learners.memtrack import MemTrackLearner
from benchmark.training.learners.siamfc import SiamFCLearner
from benchmark.training.learners.trunk import TrunkLearner
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
        deep = spec.config.trunk == "lite0" and not recipe.trunk_is_fixed
        return (TrunkLearner if deep else SiamFCLearner)(spec.config, spec, recipe)
    if isinstance(spec.config, MemTrackConfig):
        return MemTrackLearner(spec.config, spec, recipe)
    if isinstance(spec.config, DualMNConfig):
        kind = _dualmn_learner(spec.config, recipe)
        if recipe.frames < kind.READ + 2:
            raise InputError(
                f"dualmn learns from {kind.READ} frames of a clip and is asked for more: frames is at least 5"
            )
        return kind(spec.config, spec, recipe)
    raise InputError(f"{recipe.tracker} has no learner; siamfc, memtrack and dualmn have")


def _dualmn_learner(config: DualMNConfig, recipe: Recipe) -> type[LongLearner | ShortLearner | DimpLearner]:
    """Return the learner of the one branch that a recipe trains; InputError where that is not one."""
    if recipe.train == ("",):
        if config.branches == "long" and config.trunk == "inception":
            return PaperLongLearner
        if config.branches == "short" and config.short_trunk == "resnet50":
            return DimpLearner
    elif config.trunk == "lite0":
        branches = {name.split(".")[0] for name in recipe.train}
        if branches in ({"long"}, {"short"}):
            return LongLearner if branches == {"long"} else ShortLearner
    raise InputError(
        'of dualmn, one branch is trained at a time: in the compact preset train = ["long."] or ["short."], in the'
        ' papers\' sizes all (train = [""]) of dualmn-long:paper or dualmn-short:dimp'
    )

"""The training loop: steps, validation on held-out clips, checkpoints from which a killed run goes on."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import nn

from benchmark.store.record import write_whole
from benchmark.store.results import writing
from benchmark.training.batches import Batch, FeatureStore, fill, stream
from benchmark.training.checkpoint import legible, read_checkpoint, write_checkpoint
from benchmark.training.clips import ClipSource
from benchmark.training.curve import add_row
from benchmark.training.data import split
from benchmark.training.learners import make_learner
from benchmark.training.learners.common import Learner
from benchmark.training.recipe import Recipe, plain
from benchmark.training.schedule import pace, parameter_groups
from benchmark.training.sources import Track
from trackers.errors import InputError

CHECKPOINT = "checkpoint.pt"
CURVE = "curve.csv"
BEST = "best.safetensors"
LAST = "last.safetensors"
VALIDATION_BATCH = 8
ASTRAY = 10
"""Steps in a row without a finite gradient after which none is to be expected any more."""

OnProgress = Callable[[str, int, int, str], None]
"""Called with what is done (``features`` or ``steps``), how much of it, of how much, and a remark."""


@dataclass(frozen=True)
class Trained:
    """How a run ended."""

    steps: int
    found: float
    """Share of held-out searches in which the target was found, by the best weights."""
    weights: Path
    """The best weights; without the trunk where it did not change."""
    seconds: float


def train(
    recipe: Recipe,
    tracks: tuple[Track, ...],
    out: Path,
    *,
    device: str = "cpu",
    seed: int = 0,
    workers: int = 0,
    limit_steps: int | None = None,
    limit_minutes: float | None = None,
    judges: tuple[Track, ...] = (),
    cache: Path | None = None,
    on_progress: OnProgress = lambda what, done, total, remark: None,
) -> Trained:
    """Run a recipe; a folder `out` that holds a run of the same recipe and seed is gone on with.

    Args:
        recipe: What to do.
        tracks: The data, see `benchmark.training.data.read_tracks`.
        out: Where weights, checkpoints and the curve go.
        device: A torch device.
        seed: What all randomness comes from.
        workers: Processes that paint clips; 0: this one.
        limit_steps: Stop after that many steps; the schedule stays the whole one's.
        limit_minutes: Stop after the step in which so much time has passed.
        judges: Tracks that the best weights are chosen by; without any, a share of `tracks`.
        cache: Folder for the features of a fixed trunk; `out`'s own by default.
        on_progress: Hears of every clip and step.

    Raises:
        InputError: `out` holds a run of another recipe or cannot be written, there are too few tracks, or no loss is
            finite any more.
    """
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    run = _Run(recipe, tracks, judges, out, torch.device(device), seed, workers, cache or out / "features", on_progress)
    return run.go(min(recipe.schedule.steps, limit_steps or recipe.schedule.steps), limit_minutes or math.inf)


class _Run:
    def __init__(
        self, recipe: Recipe, tracks: tuple[Track, ...], judges: tuple[Track, ...], out: Path, device: torch.device,
        seed: int, workers: int, cache: Path, on_progress: OnProgress,
    ) -> None:  # fmt: skip
        self.recipe, self.out, self.device, self.seed, self.workers = recipe, out, device, seed, workers
        self.cache, self.on_progress = cache, on_progress
        self.learner: Learner = make_learner(recipe)
        self.learner.net.to(device)
        self.learner.extra.to(device)
        kept, held = (tracks, judges) if judges else split(tracks, recipe.mixture.held_out)
        if len(kept) < 2 or not held:
            raise InputError(f"{len(tracks)} tracks are too few to train on some and hold others out: give more data")
        moving = 1.0 if judges else recipe.mixture.moving
        self.sources = {"train": self._source(kept, 1, recipe.mixture.moving), "held": self._source(held, 2, moving)}
        self.judges = [track.name for track in judges]
        named = [*self.learner.net.named_parameters()]
        for name, parameter in named:
            parameter.requires_grad_(recipe.trains(name))
        self.parameters = [p for _, p in named if p.requires_grad] + list(self.learner.extra.parameters())
        self.optimiser = torch.optim.AdamW(
            parameter_groups(named, self.learner.extra, recipe), weight_decay=recipe.schedule.decay
        )
        self.step, self.best, self.stale, self.astray, self.seconds = 0, -1.0, 0, 0, 0.0
        self.identity = json.dumps([plain(recipe), seed], sort_keys=True, default=dict)

    def _source(self, tracks: tuple[Track, ...], part: int, moving: float) -> ClipSource:
        mixture = self.recipe.mixture
        return ClipSource(
            tracks, mixture.weights, frames=self.recipe.frames, seed=1000 * self.seed + part, cut=self.recipe.cut,
            chances=self.recipe.chances, pasted=mixture.pasted, moving=moving,
        )  # fmt: skip

    def go(self, steps: int, minutes: float) -> Trained:
        until = time.monotonic() + 60 * minutes
        resumed = self._resume()
        held = self._held_out()
        batches = self._batches()
        began = time.monotonic() - self.seconds
        if not resumed:
            with torch.inference_mode():
                self.learner.prepare(self.learner.see(held[0].to(self.device)))
            self._validate(held, began, {})
        while self.step < steps and not self._is_over():
            shown = self._learn(next(batches))
            self.step += 1
            remark = f"loss {shown['loss']:.3f}  found {shown['found']:.3f}"
            self.on_progress("steps", self.step, steps, remark)
            last = self.step == steps or time.monotonic() >= until
            if last or self.step % self.recipe.schedule.validate_every == 0:
                self._validate(held, began, shown)
            if last:
                break
        return Trained(self.step, self.best, self.out / BEST, self.seconds)

    def _is_over(self) -> bool:
        """Whether nothing has been gained for so long that nothing more is to be hoped for."""
        return 0 < self.recipe.schedule.patience <= self.stale

    def _learn(self, batch: Batch) -> dict[str, float]:
        schedule, learner = self.recipe.schedule, self.learner
        for group in self.optimiser.param_groups:
            group["lr"] = schedule.rate * group["factor"] * pace(self.step, schedule.steps)
        set_training(learner.net, self.recipe)
        generator = torch.Generator().manual_seed(hash((self.seed, self.step)) & 0x7FFFFFFF)
        with torch.set_grad_enabled(not learner.stays):
            seen = learner.see(batch.to(self.device))
        loss, shown = learner.loss(seen, generator, self.step / schedule.steps)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.parameters, schedule.clip)
        if torch.isfinite(norm):
            self.optimiser.step()
        self.astray = 0 if torch.isfinite(norm) else self.astray + 1
        if self.astray == ASTRAY:
            raise InputError(
                f"{ASTRAY} steps in a row gave no finite gradient (loss {loss.item():g} at step {self.step + 1}):"
                f" lower the schedule's rate, or look at the data; {self.out / BEST} holds what was best before"
            )
        return {"loss": loss.item(), **{name: value.item() for name, value in shown.items()}}

    def _batches(self) -> Iterator[Batch]:
        """Yield the batches from the present step on: each step's clips follow from its number alone."""
        recipe, size = self.recipe, self.recipe.schedule.batch
        if recipe.clips and self.learner.stays:
            store = self._store("train", recipe.clips)
            while True:
                yield store.batch(_drawn(self.seed, self.step, recipe.clips, size))
        last = recipe.schedule.steps
        numbers = [n for step in range(self.step, last) for n in range(step * size, (step + 1) * size)]
        if recipe.clips:
            numbers = [n % recipe.clips for n in numbers]
        yield from stream(self.sources["train"], numbers, size, self.workers)

    def _held_out(self) -> list[Batch]:
        count = self.recipe.held_out_clips
        if self.learner.stays:
            store = self._store("held", count)
            parts = [range(i, min(i + VALIDATION_BATCH, count)) for i in range(0, count, VALIDATION_BATCH)]
            return [store.batch(part) for part in parts]
        return list(stream(self.sources["held"], range(count), VALIDATION_BATCH, 0))

    def _store(self, part: str, clips: int) -> FeatureStore:
        """Return the features of so many clips, computing what is not there yet."""
        recipe = self.recipe
        mixture = recipe.mixture
        what = [
            plain(recipe)["cut"], asdict(recipe.chances), recipe.frames, mixture.pasted, dict(mixture.weights),
            mixture.held_out, mixture.moving, mixture.leave_out, self.seed, part,
            _digest(self.learner.net, self.learner.stays), *(self.judges if part == "held" else ()),
        ]  # fmt: skip
        key = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:12]

        @torch.inference_mode()
        def see(batch: Batch) -> Batch:
            with torch.autocast(self.device.type, torch.bfloat16):
                return self.learner.see(batch.to(self.device))

        probe = see(next(stream(self.sources[part], [0], 1, 0)))
        shapes = tuple(probe.templates.shape[1:]), tuple(probe.searches.shape[2:])
        with writing(self.cache):
            store = FeatureStore(self.cache / key, clips, recipe.frames, *shapes)
        self.learner.net.eval()
        fill(store, self.sources[part], see, self.workers,
             lambda left: self.on_progress("features", clips - left, clips, part))  # fmt: skip
        return store

    @torch.inference_mode()
    def _validate(self, held: list[Batch], began: float, shown: Mapping[str, float]) -> None:
        """Score the held-out clips, keep the best weights, write curve and checkpoint."""
        self.learner.net.eval()
        right = total = 0.0
        for batch in held:
            found, weight = self.learner.correct(self.learner.see(batch.to(self.device)))
            right += float((found * weight).sum())
            total += float(weight.sum())
        score = right / max(total, 1e-6)
        self.seconds = time.monotonic() - began
        row = {"step": self.step, "seconds": round(self.seconds, 1), **shown, "held_out_found": score}
        self.stale = 0 if score > self.best else self.stale + 1
        with writing(self.out):
            add_row(self.out / CURVE, row)
            if score > self.best:
                self.best = score
                self._save(BEST)
            self._save(LAST)
            self._checkpoint()

    def _save(self, name: str) -> None:
        """Write what was trained: without the trunk where it is the ImageNet one as it came."""
        tensors = {
            key: value.detach().cpu().contiguous().clone()
            for key, value in self.learner.shipped().items()
            if not (self.recipe.trunk_is_fixed and key.startswith("backbone."))
        }
        write_whole(self.out / name, save(tensors))

    def _checkpoint(self) -> None:
        content = {
            "net": self.learner.net.state_dict(), "extra": self.learner.extra.state_dict(),
            "optimiser": self.optimiser.state_dict(), "step": self.step, "best": self.best, "stale": self.stale,
            "seconds": self.seconds, "identity": self.identity, "random": torch.get_rng_state(),
        }  # fmt: skip
        write_checkpoint(self.out / CHECKPOINT, content)

    def _resume(self) -> bool:
        """Go on from a checkpoint; return whether there is one."""
        path = self.out / CHECKPOINT
        if not path.is_file():
            (self.out / CURVE).unlink(missing_ok=True)
            return False
        content = read_checkpoint(path, self.device, self.identity)
        with legible(path):
            if not (self.out / BEST).is_file():
                raise InputError(f"{self.out / BEST} is missing; without {path} the run begins anew")
            self.learner.net.load_state_dict(content["net"])
            self.learner.extra.load_state_dict(content["extra"])
            self.optimiser.load_state_dict(content["optimiser"])
            self.step, self.best, self.seconds = content["step"], content["best"], content["seconds"]
            self.stale = content.get("stale", 0)
            torch.set_rng_state(content["random"].cpu())
        return True


def set_training(net: nn.Module, recipe: Recipe) -> None:
    """Put into training mode what changes; batch norm that only keeps its scale and shift uses its averages."""
    net.train()
    for name, module in net.named_modules():
        fixed = name.startswith("backbone") and recipe.trunk_is_fixed
        if fixed or (name == "response_norm" and recipe.trunk_is_fixed):
            module.eval()


def _drawn(seed: int, step: int, clips: int, size: int) -> list[int]:
    rng = np.random.default_rng([seed, step, 7])
    return [int(i) for i in rng.choice(clips, size, replace=clips < size)]


def _digest(net: nn.Module, part: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for name, value in net.state_dict().items():
        if name.startswith(part):
            digest.update(name.encode() + value.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:12]

"""Time the scoring of ten trackers on 100 sequences against got10k's own code, on the same boxes, in one process.

    python -m benchmark.measurements.scoring_speed [--rounds N] [--out results/tables/scoring-speed.md]

The boxes are made up, in OTB-100's numbers: 100 targets, 59,040 frames. The two sides take turns, round by round, and
the ratio of each round's times is what counts: a busy machine slows both. got10k's plotting is replaced by nothing,
ours has none to replace. got10k's dataset lists image files, so empty ones stand where OTB's would.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np
from got10k.experiments import ExperimentOTB
from numpy.typing import NDArray

from benchmark.datasets.box_text import all_positive, from_one_based
from benchmark.datasets.catalogue import read_catalogue
from benchmark.datasets.sequence import Annotation
from benchmark.interop.dialects import read_dialect
from benchmark.interop.ground_truth import read_ground_truth
from benchmark.interop.importing import import_results
from benchmark.interop.trajectories import Trajectories, load_imports, save_import
from benchmark.metrics import score_sequences, summarise
from benchmark.profiles import load_profile
from benchmark.statistics import compare, uncertainty

Values = NDArray[np.float64]
TRACKERS = [f"tracker-{k}" for k in range(10)]
UNCLIPPED = {"David": 770, "Diving": 231, "Football1": 74, "Freeman3": 460, "Freeman4": 283}
"""Images in the folder where got10k uses only some of them."""


@dataclass(frozen=True)
class Made:
    """The made-up benchmark: 1-based boxes by target, and by tracker and target."""

    truth: Mapping[str, Values]
    boxes: Mapping[str, Mapping[str, Values]]

    @property
    def frames(self) -> int:
        """Frames of all targets."""
        return sum(map(len, self.truth.values()))


def make(seed: int = 0) -> Made:
    """Return targets that wander, and trackers that follow them with noise and sometimes lose them."""
    rng = np.random.default_rng(seed)
    truth, boxes = {}, {tracker: {} for tracker in TRACKERS}  # type: ignore[var-annotated]
    for target in read_catalogue("otb").targets:
        frames = target.frames
        path = 300 + np.cumsum(rng.normal(0, 2, (frames, 2)), axis=0)
        size = 50 * np.exp(np.cumsum(rng.normal(0, 0.01, (frames, 2)), axis=0)).clip(0.3, 4)
        truth[target.name] = np.round(np.concatenate([path, size], axis=1))
        for tracker in TRACKERS:
            lost = np.where(np.arange(frames) > rng.uniform(0.2, 2.0) * frames, 150.0, 0.0)[:, None]
            noisy = truth[target.name] + rng.normal(0, 3, (frames, 4)) + lost * np.array([1.0, 0.0, 0.0, 0.0])
            boxes[tracker][target.name] = np.round(np.maximum(noisy, 1), 3)
    return Made(truth, boxes)


def write(made: Made, root: Path) -> None:
    """Write OTB's folders for got10k, plain texts of the ground truth for us, and the results that both read."""
    got10k = read_dialect("got10k")
    (root / "truth").mkdir()
    for target in read_catalogue("otb").targets:
        folder = root / "otb" / target.folder
        (folder / "img").mkdir(parents=True, exist_ok=True)
        for number in range(1, UNCLIPPED.get(target.name, target.frames) + 1):
            (folder / "img" / f"{number:04d}.jpg").touch()
        for file in (folder / target.annotation, root / "truth" / f"{target.name}.txt"):
            np.savetxt(file, made.truth[target.name], fmt="%d", delimiter=",")
        for tracker in TRACKERS:
            file = root / "results" / "OTB2015" / got10k.boxes_file(tracker, got10k.names.get(target.name, target.name))
            file.parent.mkdir(parents=True, exist_ok=True)
            np.savetxt(file, made.boxes[tracker][target.name], fmt="%.3f", delimiter=",")


def got10k_arrays(experiment: Any, made: Made) -> list[tuple[float, float]]:
    """Return every tracker's AUC and precision by got10k's own code, from arrays, as its ``report`` averages them."""
    scores = []
    for tracker in TRACKERS:
        curves = []
        for name, truth in made.truth.items():
            boxes = made.boxes[tracker][name]
            boxes[0] = truth[0]
            curves.append(experiment._calc_curves(*experiment._calc_metrics(boxes, truth)))
        success = np.mean([one for one, _ in curves], axis=0)
        scores.append((float(success.mean()), float(np.mean([one for _, one in curves], axis=0)[20])))
    return scores


def our_arrays(annotations: Mapping[str, Annotation], boxes: Mapping[str, Mapping[str, Values]]) -> list[Any]:
    """Return every tracker's AUC and precision (and all other scores) by ours, from arrays."""
    profile = load_profile("got10k")
    found = [summarise(score_sequences(boxes[tracker], annotations, profile), profile).overall for tracker in TRACKERS]
    return [(one.auc, one.precision) for one in found]


def got10k_files(root: Path) -> list[tuple[float, float]]:
    """Return the same from files by got10k's ``report``, with its plotting replaced by nothing."""
    experiment = ExperimentOTB(str(root / "otb"), 2015, str(root / "results"), str(root / "reports"))
    experiment.plot_curves = lambda names: None
    report = experiment.report(TRACKERS)
    return [(report[t]["overall"]["success_score"], report[t]["overall"]["precision_score"]) for t in TRACKERS]


def import_texts(root: Path, annotations: Mapping[str, Annotation]) -> list[Trajectories]:
    """Return every tracker's results from the texts that got10k reads, with all checks of an import."""
    dialect = read_dialect("got10k")
    folder = root / "results" / "OTB2015"
    return [import_results(folder / t, dialect, t, "OTB100", annotations)[0] for t in TRACKERS]


def our_files(root: Path, read: Callable[[Mapping[str, Annotation]], list[Trajectories]]) -> list[tuple[float, float]]:
    """Return the same from files by ours: ground truth from texts, all scores, and a JSON file of them."""
    profile = load_profile("got10k")
    annotations = read_ground_truth(root / "truth")
    report, scores = {}, []
    for one in read(annotations):
        table = score_sequences(one.boxes, annotations, profile, starts=one.starts)
        summary = summarise(table, profile)
        by_sequence = {name: scored.to_dict() for name, scored in table.items()}
        report[one.tracker] = {"summary": summary.to_dict(), "sequences": by_sequence}
        scores.append((summary.overall.auc, summary.overall.precision))
    (root / "ours.json").write_text(json.dumps(report))
    return scores


def everything(annotations: Mapping[str, Annotation], boxes: Mapping[str, Mapping[str, Values]]) -> None:
    """Score ten trackers with attributes, 10,000 draws for all intervals and bands, and all differences."""
    profile = load_profile()
    attributes = {name: one.attributes for name, one in annotations.items()}
    tables = {tracker: score_sequences(boxes[tracker], annotations, profile) for tracker in TRACKERS}
    for table in tables.values():
        summarise(table, profile, attributes)
    uncertainty(tables, attributes)
    auc = {t: dict(zip(table.sequences, table.columns["auc"].tolist(), strict=True)) for t, table in tables.items()}
    compare(auc, [(TRACKERS[0], other) for other in TRACKERS[1:]])


def clock(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that a piece of work took, and what it returned."""
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def take_turns(name: str, theirs: Callable[[], Any], ours: Callable[[], Any], rounds: int) -> str:
    """Return a table row: the two sides' median times and the median ratio, after a round of warming up."""
    pairs = []
    for _ in range(rounds + 1):
        (their_time, their_scores), (our_time, our_scores) = clock(theirs), clock(ours)
        if np.abs(np.array(their_scores) - np.array(our_scores)).max() > 1e-9:
            raise click.ClickException(f"{name}: the two sides' scores differ")
        pairs.append((their_time, our_time))
    their_times, our_times = zip(*pairs[1:], strict=True)
    ratios = sorted(a / b for a, b in pairs[1:])
    spread = f"{ratios[0]:.1f}-{ratios[-1]:.1f}"
    return (
        f"| {name} | {1e3 * median(their_times):.0f} ms | {1e3 * median(our_times):.0f} ms | "
        f"**{median(ratios):.1f}** ({spread}) |"
    )


@click.command()
@click.option("--rounds", default=9, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Write the table here too.")
def main(rounds: int, out: Path | None) -> None:
    """Measure and print a Markdown table."""
    before = os.getloadavg()[0]
    made = make()
    targets = {target.name: target for target in read_catalogue("otb").targets}
    annotations = {
        name: Annotation(name, from_one_based(rows), all_positive(rows), targets[name].start, targets[name].attributes)
        for name, rows in made.truth.items()
    }
    boxes = {t: {name: from_one_based(rows) for name, rows in by.items()} for t, by in made.boxes.items()}
    with tempfile.TemporaryDirectory() as temporary, open(os.devnull, "w") as silence:
        root = Path(temporary)
        write(made, root)
        with redirect_stdout(silence):
            experiment = ExperimentOTB(str(root / "otb"), 2015, str(root / "results"), str(root / "reports"))
            for one in import_texts(root, annotations):
                save_import(root, one)
            few = max(3, rounds // 3)
            rows = [
                take_turns("scores from arrays", lambda: got10k_arrays(experiment, made),
                           lambda: our_arrays(annotations, boxes), rounds),
                take_turns("report from the same text files", lambda: got10k_files(root),
                           lambda: our_files(root, lambda truth: import_texts(root, truth)), few),
                take_turns("report from each side's stored results", lambda: got10k_files(root),
                           lambda: our_files(root, lambda _: load_imports(root, "OTB100")), few),
            ]  # fmt: skip
    whole = median(clock(lambda: everything(annotations, boxes))[0] for _ in range(3))
    text = "\n".join([
        f"Ten trackers, {len(made.truth)} targets, {made.frames:,} frames each; {rounds} rounds in turns, medians.",
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, NumPy {np.__version__};"
        f" load average before and after: {before:.1f}, {os.getloadavg()[0]:.1f}.",
        "",
        "| | got10k 0.1.3 | Engram | ratio (range over rounds) |",
        "|---|---|---|---|",
        *rows,
        "",
        "Both sides give the same AUC and precision to 1e-9 in every round. Engram's side also computes normalised",
        "precision, AO, SR.50 and SR.75, and checks texts as an import does. got10k's plotting is replaced by nothing.",
        "got10k stores results as text, Engram an import as arrays. Both read the ground truth as text and write JSON.",
        "",
        f"All of it for ten trackers, from arrays: scores, {len({a for t in targets.values() for a in t.attributes})}"
        f" attributes, 10,000 draws for every interval and band, paired differences: {whole:.1f} s.",
    ])  # fmt: skip
    click.echo(text)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(f"# Speed of scoring\n\n`python -m benchmark.measurements.scoring_speed`\n\n{text}\n", "utf-8")


if __name__ == "__main__":
    main()

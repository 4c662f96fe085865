"""Whether the suite's trackers are worth their time, beside what a user would pick for speed.

    python -m benchmark.measurements.rivals --data-root OTB --nanotrack DIR --dcfnet param.pth

One command: it runs all on what is there of OTB100, measures each one's latency alone, and writes ``rivals.md``,
``rivals.json`` and the report's figure of accuracy against latency, ``rivals.svg``. It goes on where it was stopped:
boxes and latencies that are there are kept (``--fresh`` measures latencies again). Latencies need a quiet machine; the
table says how many cores others kept busy. Networks are their authors': DIR holds NanoTrack V2's two ONNX files.
"""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from benchmark.scores import RunScores
from benchmark.signed import signed
from benchmark.statistics.paired import compare
from benchmark.store.reading import read_manifest

OURS = ("siamfc", "memtrack", "dualmn-short", "dualmn-long", "dualmn")
OPENCVS = ("cv2:csrt", "cv2:kcf")
NANO = "onnx:nanotrack-v2.toml"
EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples" / "onnx"
Row = dict[str, Any]
_THERE = click.Path(path_type=Path, exists=True)


@click.command()
@click.option("--data-root", type=_THERE, required=True, help="Where OTB100's sequences are.")
@click.option("--nanotrack", type=_THERE, required=True, help="Folder with v2_backbone_sim.onnx and v2_head_sim.onnx.")
@click.option("--dcfnet", type=_THERE, required=True, help="Its authors' param.pth.")
@click.option("--sequences", help="Only these, separated by commas.")
@click.option("--limit-frames", type=int, help="Only the first N frames of each.")
@click.option("--fresh", is_flag=True, help="Measure latencies again.")
@click.option("--results", type=click.Path(path_type=Path), default=Path("results/rivals"), show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("results/tables"), show_default=True)
def main(
    data_root: Path, nanotrack: Path, dcfnet: Path, sequences: str | None, limit_frames: int | None, fresh: bool,
    results: Path, out: Path,
) -> None:  # fmt: skip
    """Run, time, and write the table and the figure."""
    networks = gather(nanotrack, dcfnet, results / "networks")
    names = [*OURS, *OPENCVS, *(f"onnx:{file}" for file in networks if file.suffix == ".toml")]
    data = ["-d", "OTB100", "--data-root", data_root, "--device", "cpu", "--results", results]
    data += ["--sequences", sequences] if sequences else ["--subset", "available"]
    data += ["--limit-frames", limit_frames] if limit_frames else []
    run = Path(_bench("run", "-t", ",".join(names), *data, "--quiet").strip()).parent
    latencies = results / "latencies"
    latencies.mkdir(parents=True, exist_ok=True)
    files = [latencies / latency_file(name, read_manifest(run)["records"]) for name in names]
    for name, file in zip(names, files, strict=True):
        if fresh or not file.is_file():
            _bench("speed", "-t", name, *data, "--json", file)
    _bench("report", run, "--results", results)  # now that it knows the latencies
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "Engram": _git("describe", "--always", "--dirty"),
        **{f"{file.name}, sha256": sha256(file.read_bytes()).hexdigest()[:16] for file in networks},
    }
    content = table(RunScores.read(run), [json.loads(file.read_text()) for file in files], facts)
    out.mkdir(parents=True, exist_ok=True)
    (out / "rivals.json").write_text(json.dumps(content, indent=1) + "\n")
    (out / "rivals.md").write_text(page(content))
    shutil.copy(run / "figures" / "accuracy-latency-wide.svg", out / "rivals.svg")
    click.echo(page(content))


def gather(nanotrack: Path, dcfnet: Path, folder: Path) -> list[Path]:
    """Return the descriptions and networks of the rivals, put together in one folder."""
    folder.mkdir(parents=True, exist_ok=True)
    convert = runpy.run_path(str(EXAMPLES / "dcfnet.py"))["convert"]
    convert(str(dcfnet), str(folder / "dcfnet.onnx"))
    sources = [*(nanotrack / f"v2_{part}_sim.onnx" for part in ("backbone", "head"))]
    sources += [EXAMPLES / "nanotrack-v2.toml", EXAMPLES / "dcfnet.toml"]
    copied = [Path(shutil.copy(source, folder)) for source in sources]
    return sorted([*copied, folder / "dcfnet.onnx"])


def shown(name: str) -> str:
    """Return a tracker's name without the folder that its description lies in."""
    return f"onnx:{Path(name.removeprefix('onnx:')).name}" if name.startswith("onnx:") else name


def latency_file(name: str, records: list[dict[str, Any]]) -> str:
    """Return the name of the file with a tracker's latency: another one for other code, weights or sequences."""
    keys = sorted(record["key"] for record in records if shown(record["tracker"]) == shown(name))
    return f"{re.sub(r'[^A-Za-z0-9-]+', '_', shown(name))}-{sha256(' '.join(keys).encode()).hexdigest()[:12]}.json"


def _bench(*words: object) -> str:
    command = [sys.executable, "-m", "run_bench", *map(str, words)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):  # 1: something failed on a sequence, which the table says
        raise click.ClickException(f"run_bench {words[0]} ended with {done.returncode}")
    return done.stdout


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, text=True, cwd=EXAMPLES)
    return done.stdout.strip() or "unknown"


def table(scores: RunScores, speeds: list[dict[str, Any]], facts: dict[str, str]) -> dict[str, Any]:
    """Return the table's rows, best first, and where its numbers come from."""
    latency = {shown(name): one for measured in speeds for name, one in measured["trackers"].items()}
    auc = {shown(one.name): {s: own.auc for s, own in one.sequences.items()} for one in scores.trackers}
    others = [name for name in auc if name != NANO]
    apart = {one.other: one for one in compare(auc, [(NANO, name) for name in others])}
    rows = []
    for one in scores.trackers:
        if one.summary is None:
            continue
        name = shown(one.name)
        interval, difference, speed = one.intervals.get("auc"), apart.get(name), latency.get(name, {})
        rows.append({
            "tracker": name,
            "auc": one.summary.overall.auc,
            "auc_interval": [interval.low, interval.high] if interval else None,
            "precision": one.summary.overall.precision,
            "minus_nano": difference.difference if difference else None,
            "minus_nano_interval": _ends(difference.interval if difference else None),
            "differs": bool(difference and difference.significant),
            **{key: speed.get(key) for key in ("median_ms", "p95_ms", "fps", "memory_mb", "busy_cores")},
            "notes": [*one.marks, *(f"failed on {name}" for name in one.failed), *speed.get("invalid", ())],
        })  # fmt: skip
    timed = [row for row in rows if row["median_ms"] is not None]
    for row in timed:
        row["front"] = not any(
            other["auc"] >= row["auc"] and other["median_ms"] < row["median_ms"] for other in timed if other is not row
        )
    rows.sort(key=lambda row: -row["auc"])
    frames = max((one.summary.overall.frames for one in scores.trackers if one.summary), default=0)
    where = {"data": f"{scores.coverage}, {frames:,} frames; profile {scores.profile}", **speeds[0]["environment"]}
    return {"facts": {**facts, **where}, "rows": rows}


def _ends(interval: Any) -> list[float] | None:
    return [interval.low, interval.high] if interval else None


def verdict(rows: list[Row]) -> list[str]:
    """Return in plain sentences who is the most accurate, who the fastest, and what NanoTrack leaves to the others."""
    timed = [row for row in rows if row["median_ms"] is not None]
    nano = next(row for row in rows if row["tracker"] == NANO)
    best, fastest = rows[0], min(timed, key=lambda row: row["median_ms"])
    lines = [
        f"The highest AUC is that of `{best['tracker']}` ({best['auc']:.3f}), the shortest frame that of "
        f"`{fastest['tracker']}` ({fastest['median_ms']:.1f} ms)."
    ]
    for row in rows:
        if row["tracker"] in OURS:
            word = "loses to" if row["minus_nano"] < 0 else "beats"
            slower = f"; a frame takes {row['median_ms'] / nano['median_ms']:.1f} times as long" if timed else ""
            lines.append(
                f"`{row['tracker']}` {word if row['differs'] else 'cannot be told apart from'} NanoTrack V2: "
                f"{signed(row['minus_nano'])} {_range(row['minus_nano_interval'], signed)} AUC{slower}."
            )
    front = [f"`{row['tracker']}`" for row in sorted(timed, key=lambda row: row["median_ms"]) if row["front"]]
    return [*lines, f"Nobody is both better and faster than {', '.join(front)}."]


COLUMNS = (
    "tracker", "AUC, 95 %", "precision @20 px", "minus NanoTrack V2", "ms a frame (p95)", "frames/s", "MB", "note",
)  # fmt: skip


def page(content: dict[str, Any]) -> str:
    """Return the table as Markdown."""
    busy = max((row["busy_cores"] for row in content["rows"] if row["busy_cores"] is not None), default=0.0)
    facts = {**content["facts"], "cores that others kept busy while latencies were measured, at most": f"{busy:.2f}"}
    lines = ["# Rivals", "", "Made by `python -m benchmark.measurements.rivals`; latency is of one lane, alone.", ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    lines += ["", *(f"- {line}" for line in verdict(content["rows"])), ""]
    lines += [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    lines += [f"| {' | '.join(_cells(row))} |" for row in content["rows"]]
    lines += ["", "\\* differs, by the paired interval and a sign-flip test corrected for all rows."]
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> list[str]:
    apart, timed = "", ["", "", ""]
    if row["minus_nano"] is not None:
        apart = f"{signed(row['minus_nano'])} {_range(row['minus_nano_interval'], signed)}" + r"\*" * row["differs"]
    if row["median_ms"] is not None:
        timed = [f"{row['median_ms']:.1f} ({row['p95_ms']:.1f})", f"{row['fps']:.0f}", f"{row['memory_mb']:.0f}"]
    accuracy = [f"{row['auc']:.3f} {_range(row['auc_interval'])}", f"{row['precision']:.3f}", apart]
    return [f"`{row['tracker']}`", *accuracy, *timed, "; ".join(row["notes"])]


def _range(ends: list[float] | None, write: Callable[[float], str] = "{:z.3f}".format) -> str:
    return f"[{write(ends[0])}, {write(ends[1])}]" if ends else ""


if __name__ == "__main__":
    main()

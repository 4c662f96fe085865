"""Plots for notebooks: each draws on `ax`, or on a new figure of pyplot, which a notebook shows, and returns the axes.

```python
from reports.plots import axes

axes.success(load("latest"))
```
"""

from __future__ import annotations

from collections.abc import Iterable

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.axes import Axes

from benchmark.commands.lists import Words, names_among
from benchmark.merit import SUCCESS, rank
from benchmark.notebook.comparing import Compared
from benchmark.notebook.loading import LoadedRun, checked
from benchmark.profiles import load_profile
from reports.differences import Kind
from reports.labels import coverage, measure_names
from reports.plots.curves import draw_curves
from reports.plots.sheet import dash_of, folded
from reports.plots.style import colours, styles
from trackers.errors import InputError, did_you_mean
from trackers.printable import printable

__all__ = ["attributes", "differences", "overlap", "precision", "sequences", "success", "telemetry"]

_LONGEST = 40
"""Characters of a name; of longer ones the middle is left out."""


def success(run: LoadedRun, *, bands: bool = False, ax: Axes | None = None) -> Axes:
    """Draw every tracker's success curve, its AUC in the legend; `bands` adds 95 % intervals."""
    return _curves(run, "success", bands, ax)


def precision(run: LoadedRun, *, bands: bool = False, ax: Axes | None = None) -> Axes:
    """Draw every tracker's precision curve, its headline score in the legend; `bands` adds 95 % intervals."""
    return _curves(run, "precision", bands, ax)


def attributes(run: LoadedRun, measure: str = "auc", *, ax: Axes | None = None) -> Axes:
    """Draw every tracker's score on the sequences of each attribute, with its 95 % interval."""
    found = checked(run).attributes[lambda frame: frame["measure"] == measure]
    if found.empty:
        raise InputError(f"the run has no {measure!r} of an attribute that two or more sequences have")
    ax = _axes(ax, (7.0, 0.6 + 0.42 * found["attribute"].nunique()))
    names = list(dict.fromkeys(found["attribute"]))
    colour = colours(run.trackers)
    for place, (tracker, own) in enumerate(found.groupby("tracker", sort=False)):
        shift = 0.7 * ((place + 0.5) / found["tracker"].nunique() - 0.5)
        at = [names.index(name) + shift for name in own["attribute"]]
        reach = [own["value"] - own["low"], own["high"] - own["value"]]
        ax.errorbar(own["value"], at, xerr=reach, fmt="o", ms=4, lw=1, color=colour[str(tracker)],
                    label=_words(str(tracker)))  # fmt: skip
    ax.set_yticks(range(len(names)), [_words(name) for name in names])
    ax.invert_yaxis()
    return _finish(ax, run, _names(run)[measure], "")


def sequences(run: LoadedRun, measure: str = "auc", *, ax: Axes | None = None) -> Axes:
    """Draw every tracker's score on every sequence as a heat map, the hardest sequence on top."""
    names = _names(run)
    _check(measure, names, "measure")
    found = checked(run).sequences.pivot(index="sequence", columns="tracker", values=measure).dropna(how="all", axis=1)
    order = [one.name for one in rank(run.kept.scores.trackers, SUCCESS) if one.name in found.columns]
    if not order:
        raise InputError("no tracker of the run has a score")
    table = found.loc[found.mean(axis=1).sort_values().index, order]
    table = table.rename(index=_words, columns=_words)
    ax = _axes(ax, (1.6 + 0.9 * len(order), 0.8 + 0.28 * len(table)))
    sns.heatmap(table, vmin=0, vmax=1, cmap="viridis", annot=len(table) <= 40, fmt=".2f", ax=ax,
                cbar_kws={"label": names[measure]})  # fmt: skip
    return _finish(ax, run, "", "")


def differences(compared: Compared, measure: str = "auc", *, ax: Axes | None = None) -> Axes:
    """Draw the mean difference of every pair with its 95 % interval, filled where it is more than chance."""
    if not isinstance(compared, Compared):
        raise InputError(f"{printable(repr(compared)[:80])} is no comparison: compare(...) returns one")
    found = compared.table[lambda frame: frame["measure"] == measure]
    _check(measure, compared.table["measure"].unique(), "measure in this comparison")
    ax = _axes(ax, (6.0, 0.9 + 0.35 * len(found)))
    for place, (_, row) in enumerate(found.iterrows()):
        fill = "#0173b2" if row["significant"] else "white"
        reach = [[row["difference"] - row["low"]], [row["high"] - row["difference"]]]
        ax.errorbar(row["difference"], place, xerr=reach, fmt="o", color="#0173b2", mfc=fill, lw=1.2, ms=6)
    ax.axvline(0, color="#444444", lw=0.8)
    ax.set_yticks(range(len(found)), [_words(f"{row.b} − {row.a}") for row in found.itertuples()])
    ax.invert_yaxis()
    ax.set(xlabel=f"difference of {measure_names(compared.profile)[measure]}", ylabel="")
    return ax


def overlap(run: LoadedRun, sequence: str, trackers: Words | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw how far each tracker's box overlaps the true one, frame by frame."""
    found = checked(run).boxes(sequence, trackers)
    if found.empty:
        raise InputError(
            f"no boxes of {printable(sequence)} are there to be drawn: no tracker is chosen, or all failed"
        )
    ax = _axes(ax, (7.0, 2.6))
    look = styles(run.trackers)
    for name, own in found.groupby("tracker", sort=False):
        line = look[str(name)]
        ax.plot(own["frame"], own["iou"], color=line.colour, ls=dash_of(line.dash), lw=1, label=_words(str(name)))
    ax.set_ylim(0, 1)
    return _finish(ax, run, "frame", "overlap", printable(sequence))


def telemetry(
    run: LoadedRun, tracker: str, sequence: str, signals: Words | None = None, *, ax: Axes | None = None
) -> Axes:
    """Draw what a tracker reported of itself, a line a signal; of vectors and maps the mean, with its spread.

    `signals` are those that are wanted, all scalars by default. InputError where nothing was kept.
    """
    found = checked(run).telemetry(tracker, sequence)
    if found.empty:
        raise InputError(f"nothing of {tracker} on {sequence} was kept: run it with telemetry=True, or --telemetry")
    scalar = found.groupby("signal")["part"].max() == 0
    known = list(found["signal"].unique())
    wanted = [name for name in known if scalar[name]] if signals is None else names_among(signals, known)
    for name in wanted:
        _check(name, known, "signal")
    if not wanted:
        raise InputError(f"choose a signal: {', '.join(known)}")
    ax = _axes(ax, (7.0, 2.6))
    shown = found[found["signal"].isin(wanted)]
    sns.lineplot(shown.assign(signal=shown["signal"].map(_words)), x="frame", y="value", hue="signal", lw=1,
                 errorbar="sd", ax=ax)  # fmt: skip
    return _finish(ax, run, "frame", "", printable(f"{tracker} on {sequence}"))


def _curves(run: LoadedRun, kind: Kind, bands: bool, ax: Axes | None) -> Axes:
    if not any(one.summary for one in checked(run).kept.scores.trackers):
        raise InputError("no tracker of the run has a score")
    ax = _axes(ax, (6.4, 4.2))
    lines, labels, title = draw_curves(ax, run.kept.scores, kind, bands=bands)
    ax.legend(lines, [folded(label, 3.0) for label in labels], title=title, fontsize="small", frameon=False)
    ax.grid(alpha=0.3)
    return _finish(ax, run)


def _axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    return plt.subplots(figsize=size, layout="constrained")[1] if ax is None else ax


def _finish(ax: Axes, run: LoadedRun, x: str | None = None, y: str | None = None, title: str = "") -> Axes:
    """Write what the numbers are of above the axes, and what is along them."""
    of = coverage(run.kept.scores)
    ax.set_title(folded(f"{title}: {of}" if title else of, 6.0), fontsize="small", loc="left")
    if x is not None and y is not None:
        ax.set(xlabel=x, ylabel=y)
    if ax.get_legend() is None and ax.get_legend_handles_labels()[0]:
        ax.legend(fontsize="small", frameon=False)
    return ax


def _names(run: LoadedRun) -> dict[str, str]:
    """Return what the measures are called under the run's profile."""
    scores = run.kept.scores
    return measure_names(load_profile(scores.profile, scores.dataset))


def _words(text: str) -> str:
    """Return a stranger's text that matplotlib takes for no formula, nor hides from a legend as it does ``_name``."""
    shown = printable(text)
    shown = (shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST // 2]}…{shown[-_LONGEST // 2 :]}").replace(
        "$", r"\$"
    )
    return f" {shown}" if shown.startswith("_") else shown


def _check(name: str, known: Iterable[str], what: str) -> None:
    names = list(known)
    if name not in names:
        raise InputError(f"there is no {what} {name!r}.{did_you_mean(name, names)} There are: {', '.join(names)}")

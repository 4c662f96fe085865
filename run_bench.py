"""The command line: puts the layers' commands together and wires a run to its report."""

from __future__ import annotations

import os
import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

try:
    import click
except KeyboardInterrupt:  # from the first line on, Ctrl-C is no traceback
    sys.exit(130)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "run": ("benchmark.commands.run:run", "Run trackers on a dataset and write scores, boxes and a report."),
    "list": ("benchmark.commands.list:list_", "Show every tracker and every dataset, with what of it is found."),
    "doctor": (
        "benchmark.commands.doctor:doctor",
        "Say what of the datasets is found, missing or damaged, how to lay it out, and how long it would take.",
    ),
    "data": ("benchmark.commands.data:data", "Get published datasets; nothing is fetched unasked."),
    "new-tracker": (
        "benchmark.commands.new_tracker:new_tracker",
        "Write the package of a new tracker: installable, known by NAME, with a test of the contract and a workflow.",
    ),
    "check-tracker": (
        "benchmark.commands.check_tracker:check_tracker",
        "Try whether a tracker keeps the contract: a line each for shapes, repeats, lanes, failures and more.",
    ),
    "train": (
        "benchmark.commands.train:train",
        "Train the tracker of a recipe: NAME of one that ships, or a TOML file.",
    ),
    "report": (
        "reports.commands.report:report",
        "Write the report of RUNs (a folder, an id, a name or `latest`): HTML, Markdown, LaTeX, CSV, JSON and figures.",
    ),
    "view": (
        "reports.commands.view:view",
        "Look at RUNs in the browser: every sequence frame by frame, with all boxes, IoU and memories.",
    ),
    "compare": (
        "reports.commands.compare:compare",
        "Compare run B with run A (folders, ids, names or `latest`), or trackers of A with one another.",
    ),
    "board": (
        "reports.commands.board:board",
        "Write a leaderboard over the runs in DIRs: trackers by datasets, as a static site.",
    ),
    "study": (
        "benchmark.commands.study:study",
        "Run a declared ablation and answer it: NAME of a study that ships, `all` of these, or a TOML file.",
    ),
    "play": (
        "benchmark.commands.play:play",
        "Write a video of a run's stored boxes on a sequence, the ground truth dashed in white.",
    ),
    "track": ("benchmark.commands.track:track", "Run trackers on your own video and show what they do."),
    "speed": ("benchmark.commands.speed:speed", "Measure latency: one lane, the device to itself."),
    "verify": (
        "benchmark.commands.verify:verify",
        "Prove the evaluation: stored boxes are scored again and must give the scores known from elsewhere.",
    ),
    "import": (
        "benchmark.commands.import_:import_",
        "Take in the results of other toolkits, checked, so that they stand beside our own runs.",
    ),
    "export": (
        "benchmark.commands.export:export",
        "Write a RUN (its folder, id or name, or `latest`), or an import's file, for other toolkits to read.",
    ),
    "vot": (
        "benchmark.commands.vot:vot",
        "Let vot-toolkit run our trackers, or analyse what was exported for it.",
    ),
    "reproduce": (
        "benchmark.commands.reproduce:reproduce",
        "Run the authors' networks and write what is printed, measured and different.",
    ),
    "weights": (
        "benchmark.commands.weights:weights",
        "Show what a FILE of weights is, or convert it.",
    ),
    "results": (
        "benchmark.commands.results:results",
        "List the runs, with their scores, and the records that the results folder keeps.",
    ),
    "audit": (
        "benchmark.commands.audit:audit",
        "Run each tracker twice, and at other lane counts, and say whether the boxes are equal bit for bit.",
    ),
    "gate": (
        "benchmark.commands.gate:gate",
        "Judge RUN (the latest by default) by a baseline: did a change make a tracker worse?",
    ),
    "completion": (
        "benchmark.commands.completion:completion",
        "Print what makes a shell complete commands, options, trackers, datasets and runs.",
    ),
    "bless": (
        "benchmark.commands.bless:bless",
        "Write the baseline file from RUN (the latest by default), and time its trackers.",
    ),
}
"""Command: where it is, imported when it is needed; and its summary, so that the help imports none."""


class Commands(click.Group):
    """Commands imported on demand; `run` is meant where none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``run`` before options that stand alone."""
        if not args and ctx.resilient_parsing:  # a shell asks for all commands
            return super().parse_args(ctx, args)
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h", "--version")):
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing its module, with ``--config``."""
        if cmd_name not in COMMANDS:
            return None
        from benchmark.commands.config import with_config

        module, _, name = COMMANDS[cmd_name][0].partition(":")
        return with_config(getattr(import_module(module), name))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands, importing none, and the options: those of `run` too, which may stand alone."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=text) for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)]
        for command in (self, self.get_command(ctx, "run")) if incomplete.startswith("-") else ():
            assert command is not None
            found += click.Command.shell_complete(command, click.Context(command), incomplete)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands' summaries."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command where there is none of that name."""
        from trackers.errors import did_you_mean

        if args and args[0] not in COMMANDS:
            ctx.fail(f"no command {args[0]!r}.{did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


def _write_report(run: Path) -> Path:
    from reports.model import build_report
    from reports.write import write_report

    return write_report(build_report([run]), run)


def _write_reproduction(*arguments: Any) -> Path:
    from reports.reproduction import write_reproduction

    return write_reproduction(*arguments)


def _write_several(groups: list[list[Path]], folder: Path) -> Path:
    from reports.several import write_several

    return write_several(groups, folder)


def _write_video(*arguments: Any, **options: Any) -> Path:
    from reports.video.render import write_video

    return write_video(*arguments, **options)


def _write_study(*arguments: Any) -> None:
    from reports.studies.overview import write_overview
    from reports.studies.write import write_study

    write_overview(write_study(*arguments).parents[1])


def _write_gate(*arguments: Any) -> None:
    from reports.html.gate import write_gate

    write_gate(*arguments)


def _write_comparison(first: Path, second: Path, folder: Path) -> None:
    from reports.compare.files import write_comparison
    from reports.compare.model import compare_runs

    write_comparison(compare_runs(first, second), folder)


def _write_history(*arguments: Any) -> None:
    from reports.plots.history import write_history

    write_history(*arguments)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Without a command, `run` is meant: `run_bench` alone runs all trackers on the built-in demo.",
)
@click.version_option(package_name="engram-bench", prog_name="run_bench")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Benchmark and ablation suite for memory trackers."""
    ctx.obj = _write_report
    ctx.meta["benchmark.commands.reproduce.write_page"] = _write_reproduction
    ctx.meta["benchmark.commands.run.write_several"] = _write_several
    ctx.meta["benchmark.commands.video.write_video"] = _write_video
    ctx.meta["benchmark.commands.study.write_study"] = _write_study
    ctx.meta["benchmark.commands.gate.write_page"] = _write_gate
    ctx.meta["benchmark.commands.gate.write_comparison"] = _write_comparison
    ctx.meta["benchmark.commands.gate.write_history"] = _write_history


def __getattr__(name: str) -> Any:
    """Return `benchmark`'s functions for notebooks; a ``run`` from here ends with its report."""
    if name == "run":
        return partial(import_module("benchmark").run, report=_write_report)
    if name in ("compare", "load"):
        return getattr(import_module("benchmark"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _shadowed() -> str:
    """Return a line about another distribution's package that is imported in place of ours, or ""."""
    home = Path(__file__).resolve().parent
    for name in ("trackers", "benchmark", "reports"):
        found = Path(str(import_module(name).__file__)).resolve().parent.parent
        if found != home:
            return f"the package {name!r} is imported from {found}, not Engram's own: use an environment of its own"
    return ""


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the command line and end with its exit code (`benchmark.ending`).

    Without `argv` this is the process's own command: its arguments, its streams and its signals are taken.
    """
    # Before NumPy is loaded: a stranger's tracker that computes with it then does the same on any number of cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        if line := _shadowed():
            click.echo(f"run_bench: {line}", err=True)  # noqa: TID251  # ours to speak with may be the one shadowed
            sys.exit(2)
        from benchmark.commands.standard_output import kept
        from benchmark.ending import Ending, leave

        ending = Ending(process=argv is None)
    except KeyboardInterrupt:
        sys.exit(130)
    with kept(for_good=argv is None):
        code = ending.run(cli, sys.argv[1:] if argv is None else argv, "run_bench")
    if argv is None:
        leave(code)
    sys.exit(code)


if __name__ == "__main__":
    main()

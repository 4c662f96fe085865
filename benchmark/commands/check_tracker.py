"""``run_bench check-tracker``: the contract of a tracker, a line a check."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from benchmark.bounds import SECONDS
from benchmark.commands.numbers import Number
from benchmark.commands.options import device_option, json_option, tracker_path_option, write_json
from benchmark.commands.terminal import echo
from trackers.errors import InputError


@click.command(
    "check-tracker",
    epilog="""\b
Examples:
  run_bench check-tracker py:mine.py
  run_bench check-tracker mine,siamfc --strict
  run_bench check-tracker 'cv2:nano@DIR' --json -
""",
)
@click.argument("names", metavar="NAMES")
@tracker_path_option
@device_option
@click.option("--strict", is_flag=True, help="End with 1 also for what a run would put right.")
@click.option("--timeout", type=Number(0, SECONDS, min_open=True), default=120.0, show_default=True,
              metavar="SECONDS", help="The longest that one check may take.")  # fmt: skip
@json_option("every line")
def check_tracker(*, names: str, device: str, strict: bool, timeout: float, json_file: Path | None) -> None:
    """Try whether a tracker keeps the contract: a line each for shapes, repeats, lanes, failures and more.

    Made-up videos are followed, in a process of its own. Exit code 1 where the contract is broken, 2 where the tracker
    cannot be built. docs/check-tracker.md says what each check asks for.
    """
    from benchmark.contract.apart import check_apart
    from benchmark.contract.finding import failing
    from benchmark.engine.device import find_device
    from trackers.names import expand

    chosen = find_device(device)
    alone = str(json_file) == "-"
    rows, wrong = [], 0
    unbuilt: InputError | None = None
    for spec in expand([names]):
        findings = []
        try:
            for one in check_apart(spec.address, chosen, timeout):
                findings.append(one)
                if not alone:
                    echo(f"{spec.name}  {one.check:<11}  {one.verdict:<11}  {one.line}")
        except InputError as error:
            unbuilt = unbuilt or error  # said when the others have been checked
        wrong += len(failing(findings, strict))
        rows += [{"tracker": spec.name, **asdict(one)} for one in findings]
    write_json(rows, json_file)
    if unbuilt:
        raise unbuilt
    raise click.exceptions.Exit(1 if wrong else 0)

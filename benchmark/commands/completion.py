"""``run_bench completion``: the lines that teach a shell to complete the command's words."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from benchmark.commands.standard_output import deliver


@click.command(epilog="""\b
Examples:
  run_bench completion bash >> ~/.bashrc
  run_bench completion zsh >> ~/.zshrc
  run_bench completion fish > ~/.config/fish/completions/run_bench.fish
""")  # fmt: skip
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, /, *, shell: str) -> None:
    """Print what makes a shell complete commands, options, trackers, datasets and runs."""
    kind = get_completion_class(shell)
    assert kind is not None
    deliver(
        kind.source_template % kind(context.find_root().command, {}, "run_bench", "_RUN_BENCH_COMPLETE").source_vars()
    )

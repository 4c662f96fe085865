"""Start the measurement, or say in one line what this Python lacks: a bare machine has no engram-bench installed."""

from __future__ import annotations

import sys

from benchmark.measurements.gpu.needs import lacking


def start() -> None:
    """Run the command; before it is known that all of it is there, nothing of it is imported."""
    if line := lacking():
        sys.stderr.write(f"{line}\n")
        raise SystemExit(2)
    from benchmark.measurements.gpu.command import main

    main(prog_name="python -m benchmark.measurements.gpu")


if __name__ == "__main__":
    start()

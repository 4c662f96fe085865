"""What this process may use of the machine: cores and memory, within what a container or a scheduler leaves it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from math import ceil
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
CPUS = Path("/sys/devices/system/cpu")
MEMORY = Path("/proc/meminfo")
OWN_GROUPS = Path("/proc/self/cgroup")


def usable_cores() -> int:
    """Return how many processors this process may use at once: at least 1.

    Whatever limits it counts: its affinity, and the quota of its control groups. Off Linux, the machine's own count.
    """
    return _within_quotas(len(_processors()))


def physical_cores() -> int:
    """Return the same, processors of one core (its hardware threads) counted once."""
    return _within_quotas(len({_siblings(cpu) for cpu in _processors()}))


def free_memory() -> int | None:
    """Return how many bytes processes may still take before the machine or a control group runs out; None off Linux."""
    if not MEMORY.is_file():
        return None
    facts = dict(line.split(":", 1) for line in MEMORY.read_text().splitlines())
    free = int(facts["MemAvailable"].split()[0]) * 1024
    for folder in _own_groups("memory"):
        limit = _number(folder, "memory.max", "memory.limit_in_bytes")
        used = _number(folder, "memory.current", "memory.usage_in_bytes")
        if limit is not None and used is not None:
            kept = dict(line.split() for line in _text(folder / "memory.stat").splitlines())
            files = int(kept.get("total_inactive_file", kept.get("inactive_file", 0)))
            free = min(free, limit - used + files)  # files that were read are given up first
    return max(free, 0)


def peak_memory_of(process: int) -> int | None:
    """Return the most bytes that a process has held; None where that is not known."""
    for line in _text(Path(f"/proc/{process}/status")).splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None


def _processors() -> Collection[int]:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)


def _within_quotas(cores: int) -> int:
    return max(1, min([cores, *(ceil(quota) for quota in _quotas())]))


def _siblings(cpu: int) -> str:
    """Return the threads of a processor's core, as the system lists them."""
    return _text(CPUS / f"cpu{cpu}" / "topology" / "thread_siblings_list").strip() or str(cpu)


def _quotas() -> Iterator[float]:
    """Yield the cores that each control group above this process leaves it, where one does."""
    for folder in _own_groups("cpu"):
        quota, _, period = _text(folder / "cpu.max").strip().partition(" ")
        quota = quota or _text(folder / "cpu.cfs_quota_us").strip()
        period = period or _text(folder / "cpu.cfs_period_us").strip()
        if quota.isdigit() and period.isdigit():  # without a limit one is "max" or -1
            yield int(quota) / int(period)


def _own_groups(controller: str) -> Iterator[Path]:
    """Yield this process's control group and those above it, of version 2 and, for a controller, of version 1."""
    for line in _text(OWN_GROUPS).splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers or controller in controllers.split(","):
            root = GROUPS / controllers if controllers else GROUPS
            own = root / path.lstrip("/")
            yield from (folder for folder in (own, *own.parents) if folder == root or root in folder.parents)


def _number(folder: Path, *names: str) -> int | None:
    """Return the number in the first of these files that holds one."""
    return next((int(text) for name in names if (text := _text(folder / name).strip()).isdigit()), None)


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""

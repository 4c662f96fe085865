from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmark.engine import resources
from benchmark.engine.resources import free_memory, peak_memory_of, physical_cores, usable_cores

GB = 1 << 30


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Eight processors, two a core, 16 GB free of memory, no control groups."""
    for cpu in range(8):
        write(tmp_path / "cpu" / f"cpu{cpu}" / "topology" / "thread_siblings_list", f"{cpu % 4},{cpu % 4 + 4}\n")
    write(tmp_path / "meminfo", f"MemTotal: 999 kB\nMemAvailable:   {16 * GB // 1024} kB\n")
    monkeypatch.setattr(resources, "CPUS", tmp_path / "cpu")
    monkeypatch.setattr(resources, "MEMORY", tmp_path / "meminfo")
    monkeypatch.setattr(resources, "GROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(8)), raising=False)
    within(monkeypatch, tmp_path, "")
    return tmp_path


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def within(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    """Let this process be in the control groups that `text` lists as Linux does."""
    write(folder / "own", text)
    monkeypatch.setattr(resources, "OWN_GROUPS", folder / "own")


def test_threads_of_one_core_count_once(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (physical_cores(), usable_cores()) == (4, 8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 4, 5})
    assert physical_cores() == 2


def test_where_the_system_tells_no_cores_apart_each_processor_is_one(machine: Path, monkeypatch) -> None:
    monkeypatch.setattr(resources, "CPUS", machine / "nowhere")
    assert physical_cores() == 8


@pytest.mark.parametrize(
    ("own", "files", "cores"),
    [
        ("0::/job/step\n", {"job/cpu.max": "250000 100000\n", "job/step/cpu.max": "max 100000\n"}, 3),
        ("0::/job\n", {"job/cpu.max": "10000 100000\n"}, 1),
        ("0::/\n", {"cpu.max": "200000 100000\n"}, 2),
        (
            "3:cpu,cpuacct:/job\n",
            {"cpu,cpuacct/job/cpu.cfs_quota_us": "200000", "cpu,cpuacct/job/cpu.cfs_period_us": "100000"},
            2,
        ),
        ("3:cpu:/of/the/host\n", {"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, 1),
        ("3:cpu:/job\n", {"cpu/job/cpu.cfs_quota_us": "-1", "cpu/job/cpu.cfs_period_us": "100000"}, 4),
    ],
)
def test_a_quota_of_any_group_above_counts(machine: Path, monkeypatch, own: str, files: dict, cores: int) -> None:
    within(monkeypatch, machine, own)
    for name, text in files.items():
        write(machine / "cgroup" / name, text)
    assert physical_cores() == cores


@pytest.mark.parametrize(
    ("own", "files", "free"),
    [
        ("", {}, 16 * GB),
        ("0::/job\n", {"job/memory.max": f"{8 * GB}\n", "job/memory.current": f"{5 * GB}\n"}, 3 * GB),
        ("0::/job\n", {"job/memory.max": "max\n", "job/memory.current": f"{5 * GB}\n"}, 16 * GB),
        (
            "0::/job\n",
            {
                "job/memory.max": f"{4 * GB}",
                "job/memory.current": f"{4 * GB}",
                "job/memory.stat": f"anon 7\ninactive_file {GB}\n",
            },
            GB,
        ),
        (
            "4:memory:/job\n",
            {"memory/job/memory.limit_in_bytes": f"{2 * GB}", "memory/job/memory.usage_in_bytes": f"{GB}"},
            GB,
        ),
        (
            "4:memory:/\n",
            {"memory/memory.limit_in_bytes": f"{2**63 - 4096}", "memory/memory.usage_in_bytes": "5"},
            16 * GB,
        ),
    ],
)
def test_memory_is_what_the_machine_and_the_groups_leave(machine: Path, monkeypatch, own, files, free) -> None:
    within(monkeypatch, machine, own)
    for name, text in files.items():
        write(machine / "cgroup" / name, text)
    assert free_memory() == free


def test_off_linux_memory_is_not_known_and_processors_are_the_machines(machine: Path, monkeypatch) -> None:
    for name in ("MEMORY", "CPUS", "OWN_GROUPS"):
        monkeypatch.setattr(resources, name, machine / "nowhere")
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert free_memory() is None
    assert physical_cores() == usable_cores() == 6


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="other systems do not tell")
def test_the_most_that_a_process_has_held() -> None:
    mine = peak_memory_of(os.getpid())
    assert mine is not None
    assert mine > 10 << 20
    assert peak_memory_of(2**22 + 1) is None

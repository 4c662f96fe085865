"""A real Ray cluster of two nodes on this machine, all of it bound to 127.0.0.1."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import REPOSITORY, write_folder

from benchmark.datasets.images import list_images, read_frame
from benchmark.store.record import read_arrays

pytest.importorskip("ray", reason="the extra `cluster` is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

SLEEPER = """
import time
from trackers.api import register
@register("sleeper", remembers="nothing")
class Sleeper:
    def init(self, image, box): self.box = box
    def update(self, image):
        time.sleep(0.1)
        self.box = self.box + image[:4, 0, 0] / 1000
        return self.box
"""


@dataclass
class Nodes:
    cluster: Any
    second: Any

    @property
    def address(self) -> str:
        return self.cluster.address

    def kill_second(self) -> None:
        self.cluster.remove_node(self.second, allow_graceful=False)


COMMON = {"num_cpus": 1, "node_ip_address": "127.0.0.1", "include_dashboard": False}


@contextmanager
def cluster(monkeypatch: pytest.MonkeyPatch, num_gpus: int = 0) -> Iterator[Any]:
    """A cluster of one node, called one."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # stay on 127.0.0.1
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.delenv("ENGRAM_DATA", raising=False)
    from ray.cluster_utils import Cluster

    quick = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500, "health_check_failure_threshold": 4}
    head = {**COMMON, "num_gpus": num_gpus, "node_name": "one", "_system_config": quick}
    made = Cluster(initialize_head=True, head_node_args=head)
    try:
        yield made
    finally:
        made.shutdown()


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nodes]:
    with cluster(monkeypatch) as made:
        yield Nodes(made, made.add_node(**COMMON, num_gpus=0, node_name="two"))


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    for index in range(6):
        write_folder(tmp_path / "videos" / f"v{index}", frames=12 + index, seed=index)
    return [
        "--trackers", f"siamfc-s1,py:{tmp_path / 'sleeper.py'}", "--dataset", "folder",
        "--data-root", str(tmp_path / "videos"), "--lanes", "1",
    ]  # fmt: skip


def start(words: list[str], results: Path, *more: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "run_bench", *words, "--results", str(results), *more]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def finish(running: subprocess.Popen, expected: int = 0) -> tuple[str, str]:
    out, err = running.communicate()
    assert running.returncode == expected, err
    return out, err


def wait_for_records(results: Path, count: int, running: subprocess.Popen) -> None:
    while len(list((results / "records").rglob("*.npz"))) < count and running.poll() is None:
        time.sleep(0.05)


def trajectories(results: Path) -> dict[str, list[bytes]]:
    found = {}
    for file in (results / "records").rglob("*.npz"):
        content = read_arrays(file)
        assert content is not None
        found[file.relative_to(results).as_posix()] = [content[1][name].tobytes() for name in ("boxes", "scores")]
    return found


def table(out: str) -> list[dict[str, Any]]:
    clock = ("throughput", "busy_cores", "cores")
    return [{k: v for k, v in one.items() if k not in clock} for one in json.loads(out)["trackers"]]


def test_a_node_that_dies_at_work_costs_nothing_but_time(nodes: Nodes, words: list[str], tmp_path: Path) -> None:
    here, _ = finish(start(words, tmp_path / "local", "--json", "-"))
    running = start(words, tmp_path / "ray", "--json", "-", "--executor", "ray", "--ray-address", nodes.address)
    wait_for_records(tmp_path / "ray", 3, running)
    nodes.kill_second()
    there, said = finish(running)
    assert re.search(r"worker two \(127\.0\.0\.1\) is left out: it is lost, its sequences run again", said), said
    assert trajectories(tmp_path / "ray") == trajectories(tmp_path / "local")
    assert table(there) == table(here)


def test_ctrl_c_keeps_what_came_back_and_frees_the_cluster(nodes: Nodes, words: list[str], tmp_path: Path) -> None:
    ray = ("--executor", "ray", "--ray-address", nodes.address)
    running = start(words, tmp_path / "ray", *ray)
    wait_for_records(tmp_path / "ray", 2, running)
    running.send_signal(signal.SIGINT)
    _, said = finish(running, 130)
    assert re.search(r"Stopped\. \d+ of 12 trajectories are kept", said), said
    assert "Traceback" not in said
    _, said = finish(start(words, tmp_path / "ray", *ray))
    assert "trajectories are kept from earlier runs" in said


def test_what_a_worker_lacks_is_said_by_its_name(nodes: Nodes, words: list[str], tmp_path: Path) -> None:
    changed = tmp_path / "sleeper.py"
    missing = "import os\nif 'RAY_RAYLET_PID' in os.environ: raise OSError('gone')\n"
    changed.write_text(missing + SLEEPER)
    running = start(words, tmp_path / "ray", "--executor", "ray", "--ray-address", nodes.address)
    _, said = finish(running, 2)
    assert re.search(r"worker (one|two) \(127\.0\.0\.1\): py:.*sleeper\.py cannot be loaded: OSError", said), said
    assert not list((tmp_path / "ray" / "records").rglob("*.npz"))


def test_a_worker_for_every_gpu(monkeypatch: pytest.MonkeyPatch, words: list[str], tmp_path: Path) -> None:
    """The GPUs are promised to Ray, not there: each of the two workers says so by its name."""
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    with cluster(monkeypatch, num_gpus=2) as one:
        ray = ("--executor", "ray", "--ray-address", one.address, "--device", "auto")
        _, said = finish(start(words, tmp_path / "ray", *ray), 2)
    assert len(re.findall(r"worker one \(127\.0\.0\.1\) is left out: --device cuda:0: ", said)) == 2, said
    assert said.strip().splitlines()[-1] == "run_bench: no worker of the cluster could be started"


DEADLY = """
import os
from trackers.api import register
@register("deadly", remembers="nothing")
class Deadly:
    def init(self, image, box):
        if int(image.sum()) == {poison}: os._exit(1)
        self.box = box
    def update(self, image): return self.box
"""


def test_a_sequence_that_kills_its_worker_fails_alone(
    monkeypatch: pytest.MonkeyPatch, words: list[str], tmp_path: Path
) -> None:
    first = list_images(tmp_path / "videos" / "v3" / "img")[0]
    (tmp_path / "deadly.py").write_text(DEADLY.format(poison=int(read_frame(first).sum())))
    words = ["--trackers", f"py:{tmp_path / 'deadly.py'}", *words[2:], "--json", "-"]
    with cluster(monkeypatch) as one:
        out, _ = finish(start(words, tmp_path / "ray", "--executor", "ray", "--ray-address", one.address), 1)
    (tracker,) = json.loads(out)["trackers"]
    assert list(tracker["failed"]) == ["v3"]
    assert "3 workers were lost with this sequence in hand, the last of them one (127.0.0.1)" in tracker["failed"]["v3"]
    assert len(tracker["sequences"]) == 5

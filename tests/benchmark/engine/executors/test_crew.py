from __future__ import annotations

import sys

import pytest

from benchmark.engine.executors.cluster import Cluster
from benchmark.engine.executors.crew import connect
from trackers.errors import InputError


def test_without_ray_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("RAY_USAGE_STATS_ENABLED", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"):
        monkeypatch.setenv(variable, "0")
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"needs Ray: pip install 'engram-bench\[cluster\]'"):
        connect(None)


@pytest.mark.parametrize("address", ["nowhere", "ray://127.0.0.1:10001", "127.0.0.1:"])
def test_an_address_is_a_host_and_a_port(address: str) -> None:
    with pytest.raises(InputError, match="--ray-address takes HOST:PORT"):
        connect(address)


def test_an_address_where_nothing_answers_is_said_at_once() -> None:
    with pytest.raises(InputError, match=r"nothing answers at --ray-address 127\.0\.0\.1:1 "):
        connect("127.0.0.1:1")


@pytest.mark.parametrize("device", ["cuda:1", "mps"])
def test_ray_hands_out_devices_itself(device: str, tmp_path) -> None:
    with pytest.raises(InputError, match="hands out devices itself: --device takes auto, cpu or cuda"):
        Cluster(None, device, tmp_path, print)

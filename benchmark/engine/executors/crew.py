"""The workers of a Ray cluster: one a GPU, or one a core. Ray is imported here."""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from benchmark.engine.executors.dispatch import Answer, Heard, Loss, Refusal, Say, Seat
from benchmark.engine.executors.worker import Worker
from benchmark.engine.load import Load
from trackers.errors import InputError

LOOK_SECONDS = 5.0
"""How often new nodes are looked for."""
START_SECONDS = 180.0
"""How long workers may take to start."""
FAILURES = 3
"""How many workers of one node may fail to start before the node is left alone."""


@dataclass(frozen=True, eq=False)
class RaySeat(Seat):
    """A worker, by the name of the node that it sits on."""

    node: str
    """Ray's id of the node."""
    actor: Any


def connect(address: str | None) -> Any:
    """Return the module ``ray``, connected to a cluster, or to one of this machine alone, bound to 127.0.0.1."""
    if address is not None:
        _knock(address)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if address is None or address.startswith("127."):
        # Ray has no other way to stay on the loopback address, where a cluster of one machine is safe from others.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    try:
        ray: Any = import_module("ray")
    except ImportError as error:
        raise InputError("--executor ray needs Ray: pip install 'engram-bench[cluster]'") from error
    try:
        ray.init(
            address=address or "local",
            include_dashboard=False if address is None else None,
            log_to_driver=False,
            logging_level="error",
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"no Ray cluster can be used at {address or 'this machine'}: {reason}") from error
    return ray


def _knock(address: str) -> None:
    """Look whether anything listens there: Ray itself would wait for minutes."""
    host, colon, port = address.rpartition(":")
    if address == "auto":
        return
    if not colon or not port.isdigit() or "/" in host:
        raise InputError(f"--ray-address takes HOST:PORT (as `ray start --head` prints it) or auto, not {address!r}")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError as error:
        raise InputError(f"nothing answers at --ray-address {address} ({error.strerror or error})") from error


class RayCrew:
    """The workers of one run (`benchmark.engine.executors.dispatch.Crew`)."""

    look_seconds = LOOK_SECONDS

    def __init__(self, ray: Any, device: str, say: Say) -> None:
        """Start the workers for ``auto|cpu|cuda`` and settle on the environment class that most of them have."""
        self._ray = ray
        self._say = say
        self._failures: Counter[str] = Counter()
        self._calls: dict[Any, RaySeat] = {}
        self.seats: list[RaySeat] = []
        gpus = any(node["Resources"].get("GPU", 0) >= 1 for node in self._nodes())
        self.device = "cuda:0" if device == "cuda" or (device == "auto" and gpus) else "cpu"
        """As every worker calls its own."""
        self.environment: Mapping[str, str] = self._agree()

    def recruit(self) -> list[RaySeat]:
        """Start and return a worker for every device that has none."""
        started = []
        strategies: Any = import_module("ray.util.scheduling_strategies")
        for node in self._nodes():
            ident, have = node["NodeID"], node["Resources"]
            if self.device == "cpu":
                room, needs = int(have.get("CPU", 0)), {"num_cpus": 1}
            else:
                room, needs = int(have.get("GPU", 0)), {"num_gpus": 1, "num_cpus": 0}
            room -= sum(seat.node == ident for seat in self.seats)
            if self._failures[ident] >= FAILURES:
                continue
            place = strategies.NodeAffinitySchedulingStrategy(ident, soft=False)
            make = self._ray.remote(Worker).options(scheduling_strategy=place, **needs)
            started += [RaySeat(_name(node), ident, make.remote(self.device)) for _ in range(room)]
        self.seats += started
        return started

    def dismiss(self, seat: RaySeat, why: str, *, at_work: bool = False) -> None:
        """Go on without a worker, and say so; `at_work`: it had started well, so that its node may be used again."""
        self._failures[seat.node] += not at_work
        self.seats.remove(seat)
        self._ray.kill(seat.actor)
        self._say(f"worker {seat.name} is left out: {why}")

    def ask(self, seat: RaySeat, method: str, *arguments: Any) -> None:
        """Call a method of a worker."""
        self._calls[getattr(seat.actor, method).remote(*arguments)] = seat

    def hear(self, seconds: float) -> list[tuple[RaySeat, Heard]]:
        """Return what workers answered, within so many seconds."""
        if not self._calls:
            time.sleep(min(seconds, 0.5))
            return []
        return [
            (self._calls.pop(call), self._read(call)) for call in self._ray.wait(list(self._calls), timeout=seconds)[0]
        ]

    def _read(self, call: Any) -> Heard:
        try:
            return Answer(self._ray.get(call, timeout=0))
        except self._ray.exceptions.RayTaskError as error:
            return Refusal(reason(error))
        except self._ray.exceptions.RayError as error:
            return Loss(reason(error))

    def load(self) -> Load | None:
        """Return None: what else the nodes do is not known."""
        return None

    def close(self) -> None:
        """Stop all workers."""
        for seat in self.seats:
            self._ray.kill(seat.actor)
        self.seats = []

    def _nodes(self) -> list[dict[str, Any]]:
        return [node for node in self._ray.nodes() if node["Alive"]]

    def _agree(self) -> dict[str, str]:
        calls = [(seat, seat.actor.environment.remote()) for seat in self.recruit()]
        if not calls:
            raise InputError(f"no node of the cluster has a {'free core' if self.device == 'cpu' else 'GPU'}")
        self._ray.wait([call for _, call in calls], num_returns=len(calls), timeout=START_SECONDS)
        found: list[tuple[RaySeat, dict[str, str]]] = []
        for seat, call in calls:
            try:
                found.append((seat, self._ray.get(call, timeout=0)))
            except self._ray.exceptions.RayError as error:
                self.dismiss(seat, reason(error))
        if not found:
            raise InputError("no worker of the cluster could be started")
        most: dict[str, str] = dict(Counter(tuple(sorted(one.items())) for _, one in found).most_common(1)[0][0])
        for seat, one in found:
            if one != most:
                other = ", ".join(f"{fact} {one[fact]}" for fact in most if one[fact] != most[fact])
                self.dismiss(seat, f"{other}, and most have {', '.join(most[f] for f in most if one[f] != most[f])}")
        return most


def reason(error: Exception) -> str:
    """Return what a worker or Ray says is wrong, in one line."""
    if isinstance(cause := getattr(error, "cause", None), InputError):
        return str(cause)
    lines = [line.strip() for line in str(cause or error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def _name(node: Mapping[str, Any]) -> str:
    """Return what people call a node: its own name or its host's, and its address."""
    address: str = node["NodeManagerAddress"]
    name = node.get("NodeName") or address
    return f"{name if name != address else node['NodeManagerHostname']} ({address})"

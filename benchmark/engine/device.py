"""Which device a run uses, and the class of environment in which its boxes repeat."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import cv2

from trackers.errors import InputError

_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")
_threads_of_torch: list[int] = []
"""How many it had when it was first told to compute with one."""


def find_device(wanted: str) -> str:
    """Return the torch device for ``auto|cpu|cuda|cuda:N|mps``; InputError where this machine lacks it.

    torch is asked, but for a CPU: loading it takes longer than planning a run does.
    """
    if _DEVICE.fullmatch(wanted) is None:
        raise InputError(f"--device takes auto, cpu, cuda, cuda:N or mps, not {wanted!r}")
    if wanted == "cpu" or (wanted == "auto" and "torch" not in sys.modules and version("torch").endswith("+cpu")):
        return "cpu"
    import torch

    if wanted == "auto":
        return "cuda:0" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if wanted.startswith("cuda"):
        if not torch.cuda.is_available():
            built = "this torch is built without CUDA" if torch.version.cuda is None else "torch finds no CUDA device"
            raise InputError(f"--device {wanted}: {built}; use --device cpu or auto")
        index = int(wanted.partition(":")[2] or 0)
        if index >= torch.cuda.device_count():
            raise InputError(
                f"--device {wanted}: this machine has {torch.cuda.device_count()} CUDA device(s), from cuda:0"
            )
        return f"cuda:{index}"
    if wanted == "mps" and not torch.backends.mps.is_available():
        raise InputError("--device mps: this machine has no Metal device; use --device cpu or auto")
    return wanted


def use_device(wanted: str) -> str:
    """Return what `find_device` does; this process then computes with one thread, where that is the CPU.

    One thread sums in one order, so that boxes do not depend on how many cores there are, and networks of this size
    gain little from more: other cores are for other processes.
    """
    device = find_device(wanted)
    if device == "cpu":
        import torch

        if not _threads_of_torch:
            _threads_of_torch.append(torch.get_num_threads())
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
    return device


@contextmanager
def threads_as_before() -> Iterator[None]:
    """Put back, at the end, how many threads torch and OpenCV compute with: the process is not this program's alone."""
    torch, opencv = sys.modules.get("torch"), cv2.getNumThreads()
    threads = torch and torch.get_num_threads()
    try:
        yield
    finally:
        cv2.setNumThreads(opencv)
        if before := threads or next(iter(_threads_of_torch), None):
            sys.modules["torch"].set_num_threads(before)


def plan_for(wanted: str) -> str:
    """Return what `use_device` does, but do not load torch for a CPU: who computes there calls `use_device` first."""
    device = find_device(wanted)
    return use_device(device) if "torch" in sys.modules else device


def environment_class(device: str) -> dict[str, str]:
    """Return what boxes may depend on besides tracker and data: part of every record's key.

    Of a CPU it is known while torch is not loaded: what will be computed there is computed as `use_device` leaves it.
    """
    own = {
        "device": _processor() if device == "cpu" else device,
        "torch": _minor(version("torch")),
        "opencv": _minor(cv2.__version__),
        "dtype": "float32",
        "tf32": "false",
        "threads": "1",
    }
    if device == "cpu" and "torch" not in sys.modules:
        return own
    import torch

    cuda = device.startswith("cuda")
    return own | {
        **({"device": torch.cuda.get_device_name(device)} if cuda else {}),
        "torch": _minor(torch.__version__),
        "dtype": str(torch.get_default_dtype()).removeprefix("torch."),
        "tf32": str(cuda and torch.backends.cudnn.allow_tf32).lower(),
        "threads": str(torch.get_num_threads()),
    }


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def machine(*, tracked: bool = True) -> dict[str, str]:
    """Return what a reader wants to know of the machine, for the manifest; of torch only where something `tracked`."""
    return {
        "processor": _processor(),
        "model": "/".join(filter(None, map(_cpu_info, ("cpu family", "model", "stepping")))),
        **({"instructions": _instructions()} if tracked else {}),
        "cores": str(os.cpu_count()),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    return _cpu_info("model name") or platform.processor() or platform.machine()


def _cpu_info(field: str) -> str:
    """Return a field of the first core in /proc/cpuinfo; "" where there is none."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == field:
                return value.strip()
    return ""


def _instructions() -> str:
    """Return which vector instructions torch and oneDNN may use: boxes differ in their last bits with them."""
    import torch

    limit = os.environ.get("ONEDNN_MAX_CPU_ISA") or os.environ.get("DNNL_MAX_CPU_ISA")
    return torch.backends.cpu.get_cpu_capability() + (f", oneDNN up to {limit}" if limit else "")

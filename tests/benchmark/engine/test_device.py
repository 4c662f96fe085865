from __future__ import annotations

import os
import subprocess
import sys

import cv2
import pytest
import torch
from conftest import REPOSITORY

from benchmark.engine.device import environment_class, find_device, machine, threads_as_before, use_device
from trackers.errors import InputError


def test_auto_finds_a_device_and_cpu_is_always_there() -> None:
    assert find_device("cpu") == "cpu"
    expected = "cuda:0" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert find_device("auto") == expected


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_cuda_without_cuda_is_one_clear_line() -> None:
    with pytest.raises(InputError, match=r"--device cuda: .*; use --device cpu or auto"):
        find_device("cuda")


@pytest.mark.skipif(torch.backends.mps.is_available(), reason="this machine has Metal")
def test_mps_without_metal_is_one_clear_line() -> None:
    with pytest.raises(InputError, match="no Metal device"):
        find_device("mps")


@pytest.mark.parametrize("wanted", ["gpu", "cuda:x", "cpu:0", ""])
def test_a_device_that_does_not_exist_is_refused(wanted: str) -> None:
    with pytest.raises(InputError, match="--device takes"):
        find_device(wanted)


def test_on_a_cpu_there_is_one_thread_whatever_there_was_before() -> None:
    threads = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(2)
    try:
        assert use_device("cpu") == "cpu"
        assert (torch.get_num_threads(), cv2.getNumThreads()) == (1, 1)
        assert environment_class("cpu")["threads"] == "1"
    finally:
        torch.set_num_threads(threads[0])
        cv2.setNumThreads(threads[1])
    with pytest.raises(InputError, match="--device takes"):
        use_device("abacus")


def test_both_libraries_have_their_threads_again_at_the_end() -> None:
    threads = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(2)
    cv2.setNumThreads(2)
    try:
        with threads_as_before():
            use_device("cpu")
            assert (torch.get_num_threads(), cv2.getNumThreads()) == (1, 1)
        assert (torch.get_num_threads(), cv2.getNumThreads()) == (2, 2)
    finally:
        torch.set_num_threads(threads[0])
        cv2.setNumThreads(threads[1])


def test_torch_has_them_too_where_it_is_loaded_meanwhile() -> None:
    code = (
        "import sys\nfrom benchmark.engine.device import threads_as_before, use_device\n"
        "for _ in range(2):\n    with threads_as_before(): use_device('cpu')\n"
        "sys.exit(sys.modules['torch'].get_num_threads())"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "3", "MKL_DYNAMIC": "FALSE"}
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, env=environment).returncode == 3


def test_the_environment_class_changes_with_the_threads() -> None:
    before, threads = environment_class("cpu"), torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        assert environment_class("cpu") != before
    finally:
        torch.set_num_threads(threads)
    assert environment_class("cpu") == before
    assert machine()["cores"]

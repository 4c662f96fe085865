"""Networks and descriptions made on the spot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PAIR = """
[input]
mean = [128, 128, 128]
[template]
network = "backbone.onnx"
size = 64
context = 0.0
[search]
network = "backbone.onnx"
size = 128
[head]
network = "head.onnx"
[decode]
kind = "points"
scores = "scores"
boxes = "boxes"
stride = 4
window = 0.1
penalty = 0.1
rate = 0.0
"""
"""A pair that correlates coarse pixels: its boxes keep their size."""


def save(
    path: Path, nodes: list[Any], inputs: dict[str, list[Any]], outputs: dict[str, list[Any]], **arrays: Any
) -> None:
    """Write a network."""
    ends = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in one.items()]
        for one in (inputs, outputs)
    ]
    weights = [numpy_helper.from_array(np.asarray(value), name) for name, value in arrays.items()]
    graph = helper.make_graph(nodes, "made", *ends, weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))


def write_pair(folder: Path, size: int = 128) -> Path:
    """Write a backbone that declares `size` pixels, a head and ``pair.toml``; return the latter."""
    pool = helper.make_node("AveragePool", ["image"], ["features"], kernel_shape=[4, 4], strides=[4, 4])
    save(folder / "backbone.onnx", [pool], {"image": [1, 3, size, size]}, {"features": [1, 3, size // 4, size // 4]})
    head = [
        helper.make_node("Conv", ["search", "template"], ["raw"]),
        helper.make_node("Mul", ["raw", "scale"], ["scores"]),
        helper.make_node("Shape", ["scores"], ["shape"], start=2),
        helper.make_node("Concat", ["four", "shape"], ["wanted"], axis=0),
        helper.make_node("Expand", ["distance", "wanted"], ["boxes"]),
    ]
    save(
        folder / "head.onnx", head, {"template": [1, 3, 16, 16], "search": [1, 3, 32, 32]},
        {"scores": [1, 1, 17, 17], "boxes": [1, 4, 17, 17]}, scale=np.float32(1e-5), four=np.array([1, 4]),
        distance=np.float32([[[[32.0]], [[32.0]], [[32.0]], [[32.0]]]]),
    )  # fmt: skip
    (folder / "pair.toml").write_text(PAIR)
    return folder / "pair.toml"

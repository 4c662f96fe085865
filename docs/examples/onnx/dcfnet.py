"""Write DCFNet's two convolutions as ONNX: python dcfnet.py param.pth dcfnet.onnx (needs torch and onnx)."""

from __future__ import annotations

import sys

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper


def convert(source: str, target: str) -> None:
    """Conv 3x3, ReLU, Conv 3x3, LRN(5): (N, 3, n, n) -> (N, 32, n, n), input ``image``, output ``features``."""
    weights = torch.load(source, weights_only=True, map_location="cpu")
    names = ("feature.0.weight", "feature.0.bias", "feature.2.weight", "feature.2.bias")
    nodes = [
        helper.make_node("Conv", ["image", *names[:2]], ["first"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["first"], ["rectified"]),
        helper.make_node("Conv", ["rectified", *names[2:]], ["second"], pads=[1, 1, 1, 1]),
        helper.make_node("LRN", ["second"], ["features"], size=5, alpha=1e-4, beta=0.75, bias=1.0),
    ]
    size = ["N", 3, "n", "n"], ["N", 32, "n", "n"]
    graph = helper.make_graph(
        nodes,
        "dcfnet",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, size[0])],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, size[1])],
        [numpy_helper.from_array(weights[name].numpy(), name) for name in names],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, target)


if __name__ == "__main__":
    convert(*sys.argv[1:3])

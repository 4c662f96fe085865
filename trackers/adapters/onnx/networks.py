"""ONNX files as functions of arrays, run by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackers.errors import InputError, describe

Array = NDArray[np.float32]


class Network:
    """One ONNX file on a device: on a GPU where this ONNX Runtime can use it, else on the CPU."""

    def __init__(self, file: Path, device: str, size: int = 0) -> None:
        """Load a file; InputError where it is no network. Its first input is of `size` pixels, whatever it declares."""
        runtime, onnx = import_runtime()
        options = runtime.SessionOptions()
        options.log_severity_level = 3  # errors alone
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = _threads()
        providers = ["CPUExecutionProvider"]
        if device.startswith("cuda") and "CUDAExecutionProvider" in runtime.get_available_providers():
            number = int(device.partition(":")[2] or 0)
            providers.insert(0, ("CUDAExecutionProvider", {"device_id": number}))  # type: ignore[arg-type]
        try:
            model = onnx.load(str(file), load_external_data=False)
            self.parameters = sum(int(np.prod(one.dims)) for one in model.graph.initializer)
            other = _other_size(model, size)
            if other:  # from memory, where nobody would know beside which file the rest lies
                onnx.external_data_helper.load_external_data_for_model(model, str(file.parent))
            source = _of_any_size(model) if other else str(file)
            self._session = runtime.InferenceSession(source, options, providers=providers)
        except Exception as error:
            raise InputError(f"{file} is no network that ONNX Runtime can run: {describe(error)}") from error
        self.file = file
        self.inputs = tuple(one.name for one in self._session.get_inputs())
        self.outputs = tuple(one.name for one in self._session.get_outputs())
        if wrong := next((one for one in self._session.get_inputs() if one.type != "tensor(float)"), None):
            raise InputError(f"{file}: input {wrong.name!r} takes {wrong.type}, not 32-bit floats: export it so")

    def __call__(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Return all outputs by name."""
        return dict(zip(self.outputs, self._session.run(None, dict(inputs)), strict=True))

    def first(self, value: Array) -> Array:
        """Return the first output of a network of one input."""
        return self({self.inputs[0]: value})[self.outputs[0]]

    def check(self, kind: str, *names: str) -> None:
        """Raise InputError where a name is none of the network's inputs (or outputs, as `kind` says)."""
        known = self.inputs if kind == "input" else self.outputs
        for name in names:
            if name not in known:
                raise InputError(f"{self.file} has no {kind} {name!r}; it has: {', '.join(known)}")


def maps(outputs: Mapping[str, Array], name: str, *channels: int) -> Array:
    """Return an output; ValueError where it is no map (1, C, n, n) of one of these numbers of channels, if any.

    The same where it has no number at all, NaN throughout, as a network gives whose arithmetic has overflowed.
    """
    found = outputs[name]
    wanted = " or ".join(map(str, channels)) or "C"
    if found.ndim != 4 or found.shape[0] != 1 or found.shape[2] != found.shape[3]:
        raise ValueError(f"output {name!r} must be of shape (1, {wanted}, n, n); it is {found.shape}")
    if channels and found.shape[1] not in channels:
        raise ValueError(f"output {name!r} must have {wanted} channels; it has {found.shape[1]}")
    if np.isnan(found).all():
        raise ValueError(f"output {name!r} is NaN throughout")
    return found


def import_runtime() -> tuple[Any, Any]:
    """Return the packages onnxruntime and onnx; InputError where one is not installed."""
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        raise InputError(f"onnx: trackers need {error.name}: pip install onnx onnxruntime") from error
    return onnxruntime, onnx


def external_data(file: Path) -> list[str]:
    """Return where the weights lie that a network does not hold itself, from its folder; none of what is no network.

    InputError where the packages are not installed.
    """
    _, onnx = import_runtime()
    try:
        model = onnx.load(str(file), load_external_data=False)
    except Exception:  # who runs it says so
        return []
    outside = (one for one in _tensors(model.graph) if one.data_location == onnx.TensorProto.EXTERNAL)
    return sorted({entry.value for one in outside for entry in one.external_data if entry.key == "location"})


def _tensors(graph: Any) -> Iterator[Any]:
    """Yield the tensors that a graph holds, those of its nodes' attributes and of the graphs in them included."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for attribute in (one for node in graph.node for one in node.attribute):
        yield from (attribute.t, *attribute.tensors)
        for inner in (attribute.g, *attribute.graphs):
            yield from _tensors(inner)


def _other_size(model: Any, size: int) -> bool:
    """Return whether a network declares another height or width of its first input than `size`, if that is not 0."""
    declared = [one.dim_value for one in model.graph.input[0].type.tensor_type.shape.dim[2:]]
    return bool(size) and any(one not in (0, size) for one in declared)


def _of_any_size(model: Any) -> bytes:
    """Return a network without the heights and widths that it declares, which a convolution does not need.

    NanoTrack's backbone says 255 and is given 127 for the template.
    """
    for number, value in enumerate((*model.graph.input, *model.graph.output)):
        for axis, one in enumerate(value.type.tensor_type.shape.dim[2:]):
            one.dim_param = f"side_{number}_{axis}"
    del model.graph.value_info[:]
    return model.SerializeToString()  # type: ignore[no-any-return]


def _threads() -> int:
    import torch  # not at the top: a name must be read without waiting for it

    return torch.get_num_threads()

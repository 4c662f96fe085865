"""A pretend accelerator, by which code for one is tested on a machine that has none.

Its tensors live on the CPU, say that they are on ``pretend:0``, refuse to meet tensors of the CPU, and everything that
an accelerator would wait for is counted. On it a tracker does to the bit what it does on the CPU in the same way.
It rests on an experimental function of torch, `_setup_privateuseone_for_python_backend`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, ClassVar

import torch
from torch.utils import backend_registration
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

NAME = "pretend:0"
UPLOAD, DOWNLOAD, SCALAR, SHAPE = "upload", "download", "scalar read", "data-dependent shape"
"""What is counted: transfers either way, numbers that the host waits for, and results whose size it must wait for."""

_MOVES = ("aten::_to_copy", "aten::copy_")
_READS = ("aten::_local_scalar_dense", "aten::equal", "aten::is_nonzero")
_SHAPES = ("aten::nonzero", "aten::masked_select", "aten::repeat_interleave", "aten::bincount", "aten::argwhere")
_BY_MASK = ("aten::index", "aten::index_put", "aten::index_put_")
"""Indexing by a mask is indexing by its `nonzero`."""


class Pretend(torch.Tensor):
    """A tensor of the CPU, `elem`, that says it is elsewhere."""

    @staticmethod
    def __new__(cls, elem: torch.Tensor) -> Pretend:
        with torch.inference_mode(False):  # views of parameters, which are no inference tensors, can be made of it
            return torch.Tensor._make_wrapper_subclass(  # type: ignore[attr-defined]
                cls, elem.size(), strides=elem.stride(), storage_offset=elem.storage_offset(), dtype=elem.dtype,
                layout=elem.layout, requires_grad=elem.requires_grad, device=torch.device(NAME),
            )  # fmt: skip

    def __init__(self, elem: torch.Tensor) -> None:
        self.elem = elem  # not `real`: a tensor's real part has that name

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise AssertionError(f"{func}: a tensor of the pretend device outside `pretending`")

    def tolist(self) -> Any:
        """Return what the tensor holds, on the host."""
        _Mode.account[SCALAR] += 1
        return self.elem.tolist()


class _Mode(TorchDispatchMode):
    account: ClassVar[Counter[str]] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        wanted = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.device)]
        there = any(isinstance(one, Pretend) for one in tensors)
        if not there and not any(device.type == "pretend" for device in wanted):
            return func(*args, **kwargs)
        with self:  # in inference mode, compound operations arrive whole
            parts = func.decompose(*args, **kwargs)
        if parts is not NotImplemented:
            return parts
        return self._run(func, args, kwargs, tensors, wanted)

    def _run(self, func: Any, args: Any, kwargs: Any, tensors: list[torch.Tensor], wanted: list[torch.device]) -> Any:
        name = func._schema.name
        there = any(isinstance(one, Pretend) for one in tensors)
        # a number of the host goes along with an operation; anything larger must have been uploaded
        here = any(not isinstance(one, Pretend) and one.dim() > 0 for one in tensors)
        result_there = wanted[0].type == "pretend" if wanted else there
        if name in _MOVES:
            result_there = isinstance(args[0], Pretend) if name == "aten::copy_" else result_there
            source_there = isinstance(args[1 if name == "aten::copy_" else 0], Pretend)
            if source_there != result_there:
                self.account[UPLOAD if result_there else DOWNLOAD] += 1
        elif there and here:
            raise RuntimeError(f"{name}: tensors of two devices")
        if name in _READS:
            self.account[SCALAR] += 1
        by_mask = name in _BY_MASK and any(
            one.dtype in (torch.bool, torch.uint8) for one in tree_leaves(args[1]) if one is not None
        )
        if by_mask or name.startswith(_SHAPES) or "unique" in name:
            self.account[SHAPE] += 1

        def bare(leaf: Any) -> Any:
            if isinstance(leaf, torch.device):
                return torch.device("cpu")
            return leaf.elem if isinstance(leaf, Pretend) else leaf

        made = func(*tree_map(bare, args), **tree_map(bare, kwargs))
        if func._schema.is_mutable and args and isinstance(args[0], torch.Tensor):
            return args[0]
        return tree_map(lambda one: Pretend(one) if isinstance(one, torch.Tensor) and result_there else one, made)


@contextmanager
def pretending() -> Iterator[Counter[str]]:
    """Within, tensors can be made on and moved to the pretend device; yields the counts of what they cost."""
    register()
    before = torch.__future__.get_overwrite_module_params_on_conversion()
    torch.__future__.set_overwrite_module_params_on_conversion(True)
    _Mode.account = Counter()
    try:
        with _Mode():
            yield _Mode.account
    finally:
        torch.__future__.set_overwrite_module_params_on_conversion(before)


def missing() -> str:
    """Return why this torch has no pretend device, "" where it has one."""
    name = "_setup_privateuseone_for_python_backend"
    return "" if hasattr(backend_registration, name) else f"torch {torch.__version__} has no {name}"


def _copy_from(source: torch.Tensor, target: torch.Tensor, non_blocking: bool = False) -> torch.Tensor:
    """Fill a tensor that was made from a list: torch does it where no mode sees it."""
    _Mode.account[UPLOAD if isinstance(target, Pretend) else DOWNLOAD] += 1
    source, into = (one.elem if isinstance(one, Pretend) else one for one in (source, target))
    into.copy_(source)
    return target


@lru_cache(maxsize=1)
def register() -> torch.library.Library:
    """Make the device known to torch, once a process and before its first gradient; what is returned must live on."""
    backend_registration._setup_privateuseone_for_python_backend("pretend")
    library = torch.library.Library("aten", "IMPL")
    kernels: dict[str, Callable[..., Any]] = {
        "empty_strided": lambda *shape, dtype=None, **_: Pretend(torch.empty_strided(*shape, dtype=dtype)),
        "empty.memory_format": lambda *shape, dtype=None, **_: Pretend(torch.empty(*shape, dtype=dtype)),
        "_copy_from": _copy_from,
    }  # fmt: skip
    for name, kernel in kernels.items():
        library.impl(name, kernel, "PrivateUse1")
    return library

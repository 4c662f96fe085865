"""What can be read from a Python file without running it: its syntax, what it imports, which files it names."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import PurePath

DATA = (
    ".bin", ".caffemodel", ".cfg", ".ckpt", ".csv", ".engine", ".h5", ".hdf5", ".ini", ".json", ".mat", ".model",
    ".npy", ".npz", ".onnx", ".pb", ".pickle", ".pkl", ".pt", ".pth", ".prototxt", ".safetensors", ".tar",
    ".tflite", ".toml", ".torchscript", ".weights", ".xml", ".yaml", ".yml",
)  # fmt: skip
"""Endings of weights and settings: a text in the code that ends so may name a file."""
CODE = (".c", ".cc", ".cpp", ".cu", ".cuh", ".dll", ".dylib", ".h", ".hpp", ".py", ".pyd", ".so")
"""The same of code: what is run, loaded or compiled by its path."""


@dataclass(frozen=True)
class Imported:
    """One ``from module import names`` or ``import module``, at any depth of the code."""

    level: int
    """Number of leading dots."""
    module: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """One Python file."""

    digest: str
    """sha256 of the syntax tree without comments and docstrings; of the bytes where they do not parse."""
    imports: tuple[Imported, ...] = ()
    data: tuple[str, ...] = ()
    """Texts that may name a file of weights, settings or code, joined as ``os.path.join`` and ``/`` join them."""


@lru_cache(maxsize=4096)
def read_source(content: bytes) -> Source:
    """Return what a file's bytes say. Encodings are Python's own: a byte-order mark or a coding line counts."""
    try:
        tree = parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a template, Python 2, text of unknown encoding
        return Source(sha256(content).hexdigest())
    imports, data = tuple(dict.fromkeys(_imports(tree))), tuple(dict.fromkeys(_data(tree)))
    return Source(sha256(syntax(tree).encode("utf-8", "surrogatepass")).hexdigest(), imports, data)


def parse(content: bytes) -> ast.Module:
    """Return the syntax tree; what the parser only warns of stays unsaid."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(content)


def syntax(tree: ast.Module) -> str:
    """Return a syntax tree as text, without docstrings; the tree is changed."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [item for item in body if not _is_text(item)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _imports(tree: ast.Module) -> Iterator[Imported]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Imported(0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield Imported(node.level, node.module or "", tuple(alias.name for alias in node.names))
        elif isinstance(node, ast.Call) and node.args and _called(node) in ("import_module", "__import__"):
            name = _text(node.args[0]).rstrip(".")
            if name and not name.startswith("."):
                yield Imported(0, name)


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _text(node: ast.AST) -> str:
    """Return a text, or what an f-string begins with; "" of anything else."""
    if isinstance(node, ast.JoinedStr):
        return _text(node.values[0]) if node.values else ""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _data(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        parts: list[str] = []
        if isinstance(node, ast.Constant):
            parts = [_text(node)]
        elif isinstance(node, ast.Call):
            parts = [_text(argument) for argument in node.args]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            while isinstance(node, ast.BinOp):
                parts.insert(0, _text(node.right))
                node = node.left
            parts.insert(0, _text(node))
        if any(parts):
            name = "/".join(filter(None, parts))
            if len(name) < 256 and "\0" not in name and PurePath(name).suffix.lower() in (*DATA, *CODE):
                yield name

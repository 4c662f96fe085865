"""Modules of a folder that are its own: two files that both import ``helper`` each get the one beside it.

The folder becomes a package under a name that nobody else has. Its modules are given an ``__import__`` of their own,
which looks there first; so it holds for imports inside functions too, in whatever thread they run.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

OWN = ("trackers", "benchmark", "reports", "run_bench")
"""Names that always mean Engram's."""


class PrivateFolder(MetaPathFinder):
    """One folder's modules, loaded apart from all others."""

    def __init__(self, name: str, folder: Path, others: Sequence[str] = ()) -> None:
        """Make the folder the package `name`, which no other module has; `others` are looked through after it."""
        self.name = name
        self.path = [str(folder)]
        """Where its modules are looked for: the folder, and what its code puts in front of ``sys.path``."""
        self.later = [place for place in others if place != str(folder)]
        """Those others, and what its code puts at the end of ``sys.path``."""
        self.main: ModuleType | None = None
        """The file that `load_file` has run."""
        self._base = list(sys.path)
        self._open = False
        package = ModuleType(name)
        package.__path__ = self.path
        package.__engram_folder__ = self  # type: ignore[attr-defined]
        sys.modules[name] = package
        sys.meta_path.insert(0, self)
        importlib.invalidate_caches()  # files may be younger than what was listed

    @staticmethod
    def loaded(name: str) -> PrivateFolder | None:
        """Return the folder that has been loaded under that name."""
        return getattr(sys.modules.get(name), "__engram_folder__", None)

    def forget(self) -> None:
        """Undo all loading, so that a next attempt begins anew."""
        sys.meta_path.remove(self)
        for name in [name for name in sys.modules if name == self.name or name.startswith(f"{self.name}.")]:
            del sys.modules[name]

    def names(self) -> list[str]:
        """Return the modules that have been loaded of it, by the names that its code has for them."""
        start = f"{self.name}."
        return sorted(name.removeprefix(start) for name in list(sys.modules) if name.startswith(start))

    def load_file(self, file: Path) -> ModuleType:
        """Run a file of the folder as a module, whatever its name; raises what the file raises."""
        name = f"{self.name}.{file.stem.replace('.', '_')}"
        spec = spec_from_file_location(name, file, loader=_Loader(self, name, str(file)))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module = module_from_spec(spec)  # dataclasses and inspect look a class's module up here
        with self.importable():
            spec.loader.exec_module(module)
        self.main = module
        return module

    def load(self, name: str) -> ModuleType:
        """Import a module of the folder by its dotted name; raises what the module raises."""
        with self.importable():
            return self.import_module(name)

    @contextmanager
    def importable(self) -> Iterator[None]:
        """Have the folder in front of ``sys.path`` meanwhile, as Python has a script's."""
        folder = self.path[0]
        with suppress(AttributeError):  # the code may have replaced the path
            sys.path.insert(0, folder)
        try:
            yield
        finally:
            self._follow_path()
            with suppress(AttributeError, ValueError):
                sys.path.remove(folder)

    @contextmanager
    def unpickling(self) -> Iterator[None]:
        """Let modules be found by the names that pickled objects have for them; such modules are forgotten afterwards.

        Whoever unpickles imports by name, and does not ask for whom: two folders' modules of one name must not meet.
        """
        before = set(sys.modules)
        for name in self.names():
            self._name_openly(name)
        self._open = True
        try:
            with self.importable():
                yield
        finally:
            self._open = False
            for name in set(sys.modules) - before:
                if self._holds(name):
                    sys.modules.pop(name, None)

    def _holds(self, name: str) -> bool:
        """Return whether a loaded module of that name is one of the folder's that goes by its plain name."""
        top, module = name.partition(".")[0], sys.modules[name]
        if top in OWN or name.startswith(f"{self.name}."):
            return False
        file = Path(getattr(module, "__file__", None) or next(iter(_places(module)), ""))
        inside = (file.relative_to(one).parts for one in self.path if file.is_relative_to(one))
        return any(parts[:1] and parts[0].partition(".")[0] == top for parts in inside)  # and not in a .venv below it

    def _name_openly(self, dotted: str) -> None:
        """Give a module, and the packages that it is in, the names that its code has for them, where these are free."""
        parts = dotted.split(".")
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            if (module := sys.modules.get(f"{self.name}.{name}")) is not None:
                sys.modules.setdefault(name, module)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module of the folder for Python's import system."""
        if not fullname.startswith(f"{self.name}."):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(self, fullname, str(spec.origin))
        return spec

    def supplies(self, top: str) -> bool:
        """Return whether a name without dots means a module of the folder, by Python's own order of search."""
        if f"{self.name}.{top}" in sys.modules:
            return True
        if top in OWN or BuiltinImporter.find_spec(top) or FrozenImporter.find_spec(top):
            return False
        self._follow_path()
        found = PathFinder.find_spec(f"{self.name}.{top}", self.path)
        if found is not None and found.origin is not None:
            return True
        late = PathFinder.find_spec(f"{self.name}.{top}", self.later)
        elsewhere = find_top(top)
        if (found is None and late is None) or (elsewhere is not None and elsewhere.origin is not None):
            return False  # a folder without __init__.py comes last
        self.path += [] if found is not None else self.later
        return True

    def import_module(self, name: str, package: str | None = None) -> ModuleType:
        """Stand in for ``importlib.import_module`` in the folder's modules."""
        private = not name.startswith(".") and self.supplies(name.partition(".")[0])
        with self._own_names():
            return importlib.import_module(f"{self.name}.{name}" if private else name, package)

    def import_(
        self, name: str, globals: Mapping[str, Any] | None = None, locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (), level: int = 0,
    ) -> Any:  # fmt: skip
        """Stand in for ``__import__`` in the folder's modules."""
        top = name.partition(".")[0]
        if level == 0 and self.supplies(top):
            with self._own_names():
                if fromlist:
                    return builtins.__import__(f"{self.name}.{name}", globals, locals, fromlist, 0)
                importlib.import_module(f"{self.name}.{name}")
                if self._open:
                    self._name_openly(name)
                return sys.modules[f"{self.name}.{top}"]
        with self._own_names():
            found = builtins.__import__(name, globals, locals, fromlist or (), level)
        return _Importlib(self) if found is importlib else found

    @contextmanager
    def _own_names(self) -> Iterator[None]:
        """Speak of a missing module by the name that the code has for it."""
        try:
            yield
        except ModuleNotFoundError as error:
            if error.name is None or not error.name.startswith(f"{self.name}."):
                raise
            name = error.name.removeprefix(f"{self.name}.")
            raise ModuleNotFoundError(f"No module named {name!r}", name=name) from error

    def _follow_path(self) -> None:
        known = {*self._base, *self.path, *self.later}
        first = next((number for number, place in enumerate(sys.path) if place in self._base), 0)
        self.path[:0] = [place for place in sys.path[:first] if place not in known]
        self.later += [place for place in sys.path[first:] if place not in known]


def _places(package: ModuleType) -> Sequence[str]:
    return list(getattr(package, "__path__", ()))


def find_top(name: str) -> ModuleSpec | None:
    """Return where Python finds a name without dots, without importing anything."""
    for finder in sys.meta_path:
        if (spec := finder.find_spec(name, None)) is not None:
            return spec
    return None


class _Loader(SourceFileLoader):
    """Compiles the source as it is now: cached bytecode is told apart by size and whole seconds alone."""

    def __init__(self, folder: PrivateFolder, fullname: str, path: str) -> None:
        super().__init__(fullname, path)
        self._folder = folder

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._folder.import_}
        super().exec_module(module)


class _Importlib(ModuleType):
    """``importlib`` as the folder's modules see it."""

    def __init__(self, folder: PrivateFolder) -> None:
        super().__init__("importlib")
        self.import_module = folder.import_module

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib, name)

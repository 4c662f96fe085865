"""What stands in braces behind a third party's class, and the parameter object that pytracking's family is made with.

pytracking and the repositories that grew out of it (STARK, OSTrack, MixFormer, SeqTrack, ODTrack, ...) keep the
settings of ``X.tracker.NAME`` in ``X.parameter.NAME``: a module a setting with ``parameters()``, or one module with
``parameters(setting)``.
"""

from __future__ import annotations

import inspect
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Load = Callable[[str], Any]
    """Imports a module by its dotted name."""

MAKER = "parameters"
"""What these repositories call the function that makes the object."""


def read_settings(text: str) -> tuple[str, dict[str, Any]]:
    """Return the name and the fields of ``NAME,field=value,...``; ValueError where it has another form.

    Paths of files are made absolute: they are seen from where the command was given, not from the repository's folder.
    """
    name, fields = "", {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        field, equals, value = (part.strip() for part in item.partition("="))
        if equals and field.isidentifier():
            fields[field] = os.path.abspath(value) if os.path.isfile(value) else plain(value)
        elif equals or name:
            raise ValueError(f"{{{text}}} is not of the form {{NAME,field=value,...}}")
        else:
            name = item
    return name, fields


def plain(value: str) -> Any:
    """Return the number, truth value or None that a text stands for, else the text."""
    known = {"true": True, "false": False, "none": None}
    if value.lower() in known:
        return known[value.lower()]
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            pass
    return value


def parameter_modules(module: str, setting: str, fields: dict[str, Any]) -> list[str]:
    """Return the modules that may make the parameters of a tracker: those that one imports to look for it."""
    source = str(fields.get("params", ""))
    if source:
        return [source.partition(":")[0]]
    home = _home(module)
    return [home, home + "." + setting] if setting and home else []


def _home(module: str) -> str:
    """Return ``X.parameter.NAME`` of ``X.tracker.NAME...``; "" of anything else."""
    parts = module.split(".")
    places = [index for index, part in enumerate(parts[:-1]) if part == "tracker"]
    return ".".join([*parts[: places[-1]], "parameter", parts[places[-1] + 1]]) if places else ""


class Parameters:
    """Makes trackers, each with a parameter object of its own, as these repositories do."""

    def __init__(self, cls: Any, module: str, setting: str, fields: dict[str, Any], load: Load) -> None:
        """Find the function that makes the object.

        Args:
            cls: The tracker's class.
            module: Where it is.
            setting: Name of the setting; "" for none.
            fields: What the function or the class takes besides, else what is set on the object; ``params``, where it
                is there, is the MODULE or MODULE:FUNCTION that makes it.
            load: Imports a module.
        """
        self.fields = dict(fields)
        source = self.fields.pop("params", "")
        self._cls = cls
        self.tracker, self.setting = module.split(".")[-1], setting
        self._arguments = [setting] if setting else []
        self._make: Any = None
        if source:
            where, _, name = str(source).partition(":")
            self._make = getattr(load(where), name or MAKER)
        elif setting:
            self._make = self._find(module, setting, load)

    def _find(self, module: str, setting: str, load: Load) -> Any:
        home = _home(module)
        if not home:
            raise ValueError(
                f"who makes the setting {setting} is not known, as no folder of {module} is called tracker:"
                f" say {{{setting},params=MODULE:FUNCTION}}"
            )
        self.tracker = home.split(".")[-1]
        own = f"{home}.{setting}"
        try:
            found = load(own)
        except ImportError as error:  # one module for all settings: no package, or none of that name in it
            if isinstance(error, ModuleNotFoundError) and error.name and f"{own}.".startswith(f"{error.name}."):
                made = getattr(load(home), MAKER, None)
                if made is None:
                    raise ValueError(
                        f"there is no setting {setting}: neither a module {own}, nor {MAKER}() in {home}"
                    ) from error
                return made
            raise
        self._arguments = []
        return getattr(found, MAKER)

    def __call__(self) -> Any:
        """Return a new parameter object; None where there is no setting. ValueError for a field that nobody has."""
        if self._make is None:
            return None
        taken, class_takes = inspect.signature(self._make).parameters, self._given()
        given = {key: value for key, value in self.fields.items() if key in taken}
        try:
            inspect.signature(self._make).bind(*self._arguments, **given)
        except TypeError as error:
            raise ValueError(
                f"the function that makes the parameters is {MAKER}{inspect.signature(self._make)}: {error}"
            ) from error
        made = self._make(*self._arguments, **given)
        for key, value in self.fields.items():
            if key not in taken and key not in class_takes and key != DATASET:
                if not hasattr(made, key):
                    raise ValueError(f"the parameters of {self.setting} have no field {key!r}")
                setattr(made, key, value)
        # What the repositories' own programs set before they make a tracker.
        usual = {"debug": 0, "visualization": False, "tracker_name": self.tracker, "param_name": self.setting}
        for key, value in usual.items():
            with suppress(AttributeError):  # an object of another kind has its own ways
                setattr(made, key, value)
        return made

    def make(self) -> Any:
        """Return a new tracker: ``Class(params)``, ``Class(params, dataset_name)``, or ``Class(field=value, ...)``."""
        made = self()
        if made is None:
            return self._cls(**self.fields)
        given = self._given()
        if self._object().kind in (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD):
            return self._cls(**{self._object().name: made}, **given)
        return self._cls(made, **given)

    def _object(self) -> inspect.Parameter:
        """Return the class's argument that the object goes to: ``params``, else the first one."""
        known = inspect.signature(self._cls).parameters
        nobody = inspect.Parameter(OBJECT, inspect.Parameter.KEYWORD_ONLY)
        first = next(iter(known.values()), nobody)
        return known.get(OBJECT, nobody if first.kind == first.VAR_KEYWORD else first)

    def _given(self) -> dict[str, Any]:
        """Return what the class takes beside the object; ValueError where it wants what nobody has given."""
        given, lacks = {}, []
        for one in inspect.signature(self._cls).parameters.values():
            if one.name == self._object().name or one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
                continue
            if one.name in self.fields:
                given[one.name] = self.fields[one.name]
            elif one.name == DATASET or (one.default is one.empty and any(word in one.name for word in NAMING)):
                given[one.name] = self.fields.get(DATASET, "")
            elif one.default is one.empty:
                lacks.append(one.name)
        if lacks:
            fields = "".join(f",{name}=VALUE" for name in lacks)
            raise ValueError(
                f"{self._cls.__name__} is made of {' and '.join(lacks)} too: say {{{self.setting}{fields}}}"
            )
        return given


OBJECT = "params"
"""What most call the argument that takes the object."""
DATASET = "dataset_name"
"""What many of them take besides: the dataset's name, by which some choose how often templates are renewed."""
NAMING = ("dataset", "benchmark", "name")
"""Words in what the others call it."""

"""``--config FILE``: a command's options from a TOML file, or from the manifest of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from benchmark.commands.lists import join_names
from trackers.errors import InputError, did_you_mean

__all__ = ["with_config"]

Options = dict[str, Any]
"""By parameter: a text, a list of texts, or whether a flag is set, as a command line would give it."""


def with_config(command: click.Command) -> click.Command:
    """Return the command, and all commands within it, with the option ``--config``."""
    if not any(isinstance(one, _Config) for one in command.params):
        command.params.append(_Config())
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        with_config(inner)
    return command


class _Config(click.Option):
    """The option: read before all others, which it then stands in for where the command line does not name them."""

    def __init__(self) -> None:
        super().__init__(
            ["--config"], type=click.Path(path_type=Path), metavar="FILE", is_eager=True, expose_value=False,
            callback=_take, help="Options from this TOML file, or from a run's manifest; those given here count more.",
        )  # fmt: skip


def _take(context: click.Context, parameter: click.Parameter, file: Path | None) -> None:
    if file is None or context.resilient_parsing:
        return
    given = _of_manifest(file, context.command) if _is_manifest(file) else _of_toml(file, context.command)
    context.default_map = {**(context.default_map or {}), **given}


def _is_manifest(file: Path) -> bool:
    return file.is_dir() or file.suffix == ".json"


def _of_toml(file: Path, command: click.Command) -> Options:
    """Return the options that a TOML file gives a command: a key an option, by its long name or its argument's.

    ``limit-frames = 50``, ``trackers = ["siamfc", "memtrack"]``, ``telemetry = true``; ``runs = ["latest"]``. Raises
    InputError for what is no option of the command, and for a value of another kind.
    """
    from benchmark.documents import parse_toml, read_bytes

    mend = "it is TOML: a key an option, as in `limit-frames = 50`"
    try:
        content = parse_toml(read_bytes(file))
    except OSError as error:
        raise InputError(f"--config {file} cannot be read ({error.strerror or error})") from error
    except ValueError as error:
        raise InputError(f"--config {file} cannot be read ({error}); {mend}") from error
    known = _parameters(command)
    found: Options = {}
    for key, value in content.items():
        parameter = known.get(key.replace("_", "-"))
        if parameter is None or parameter.name is None:
            hint = did_you_mean(key, known) or f" It has: {', '.join(known)}"
            raise InputError(f"--config {file}: `{command.name}` has no option {key!r}.{hint}")
        if parameter.name in found:
            raise InputError(f"--config {file}: {key} stands twice in it")
        try:
            found[parameter.name] = _value(parameter, value)
        except ValueError as error:
            raise InputError(f"--config {file}: {key} {error}") from None
    return found


def _parameters(command: click.Command) -> dict[str, click.Parameter]:
    """Return what a file can say, by its name there."""
    found = {}
    for one in command.params:
        if isinstance(one, _Config):
            continue
        long = [name[2:] for name in one.opts if name.startswith("--")]
        found.update(dict.fromkeys(long or [(one.name or "").rstrip("_").replace("_", "-")], one))
    return found


def _value(parameter: click.Parameter, value: Any) -> Any:
    """Return a value of a file as a command line would give it; ValueError where it is of another kind."""
    if isinstance(parameter, click.Option) and parameter.is_flag:
        if not isinstance(value, bool):
            raise ValueError("is either true or false")
        return value
    values = value if isinstance(value, list) else [value]
    texts = [str(one) for one in values if isinstance(one, str | int | float) and not isinstance(one, bool)]
    if len(texts) < len(values):
        raise ValueError("is a text, a number or a list of these")
    if any("\0" in text for text in texts):
        raise ValueError("has a character that no command line can have")
    if parameter.nargs == -1 or (isinstance(parameter, click.Option) and parameter.multiple):
        return texts
    if isinstance(value, list) and not isinstance(parameter.type, click.types.StringParamType):
        raise ValueError("is one value, not a list")
    return join_names(texts)


def _of_manifest(file: Path, command: click.Command) -> Options:
    """Return the options that make a command do what a run has done: those of them that the command has."""
    from benchmark.store.reading import read_manifest
    from benchmark.store.results import MANIFEST
    from benchmark.store.truth import read_truth
    from trackers.lists import one_of_list

    if not file.is_dir() and file.name != MANIFEST:
        raise InputError(f"--config {file}: a JSON file must be a run's {MANIFEST}, or name its folder")
    folder = file if file.is_dir() else file.parent
    if not (folder / MANIFEST).is_file():
        raise InputError(
            f"--config {file}: {folder} is no folder of a run that has ended: it has no {MANIFEST}; name a run's"
            " folder, or a TOML file"
        )
    content = read_manifest(folder)
    truth = read_truth(folder)
    dataset = content["dataset"]
    known = _parameters(command)
    older = "an older Engram wrote it, which kept no"
    said: dict[str, Any] = {
        "trackers": [one_of_list(one.get("address", one["name"])) for one in content["trackers"]],
        "imported": content.get("imported") or None,
        "dataset": dataset["name"],
        "sequences": dataset["sequences"],
        "limit-frames": dataset["limit_frames"],
        "data-root": truth.root if truth and truth.root and Path(truth.root).is_dir() else None,
        **{
            name: content.get(name)
            for name in ("seed", "lanes", "repeats", "jitter", "timeout", "protocol", "profile", "telemetry")
        },
    }
    if said["protocol"] is None and any(one["begun"] != "ope" for one in content["records"]):
        said["protocol"] = _refusing(f"--config {file}: {older} protocol; say --protocol yourself")
    if not content["trackers"] and "imported" not in known:
        alone = "the run has imported results alone, and no tracker"
        said["trackers"] = _refusing(f"--config {file}: {alone}; say --trackers yourself")
    elif not content["trackers"]:
        said["trackers"] = ["none"]
        if said["imported"] is None:
            said["imported"] = _refusing(f"--config {file}: {older} names of imported results; say --imported yourself")
    return {
        str(known[name].name): value if callable(value) else _value(known[name], value)
        for name, value in said.items()
        if value is not None and name in known
    }


def _refusing(why: str) -> Callable[[], Any]:
    """Return what stands for a value that a file lacks: asked for where the command line has none, it raises."""

    def refuse() -> Any:
        raise InputError(why)

    return refuse

from __future__ import annotations

import sys
from collections import OrderedDict
from pathlib import Path
from types import ModuleType

import pytest
import torch

from trackers.errors import InputError
from trackers.weights.formats.pytorch import Inert, read_pytorch

TABLE = OrderedDict({"a.weight": torch.arange(6.0).reshape(2, 3), "a.count": torch.tensor(3)})
FORMATS = pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])


def foreign(monkeypatch: pytest.MonkeyPatch, module: str, name: str) -> object:
    """Return an object of a class that can be pickled under the name given."""
    cls = type(name, (), {"__module__": module})
    made = ModuleType(module)
    setattr(made, name, cls)
    parts = module.split(".")
    for end in range(1, len(parts)):
        monkeypatch.setitem(sys.modules, ".".join(parts[:end]), ModuleType(".".join(parts[:end])))
    monkeypatch.setitem(sys.modules, module, made)
    thing = cls()
    thing.fun_name, thing.kwds = "dimpnet50", {"filter_size": 4}
    return thing


@FORMATS
@pytest.mark.parametrize("key", ["net", "model_state_dict", "state_dict", "model"])
def test_a_table_is_found_where_authors_keep_it(tmp_path: Path, key: str, zipped: bool) -> None:
    file = tmp_path / "epoch-19.pkl"
    content = {"epoch": 19, key: TABLE, "optimizer_state_dict": {"state": {}, "param_groups": [{"lr": 0.1}]}}
    torch.save(content, file, _use_new_zipfile_serialization=zipped)
    assert {name: value.tolist() for name, value in read_pytorch(file).items()} == {
        name: value.tolist() for name, value in TABLE.items()
    }


@FORMATS
def test_what_pytracking_leaves_beside_its_tensors_is_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zipped: bool
) -> None:
    file = tmp_path / "dimp50.pth"
    with monkeypatch.context() as patch:
        constructor = foreign(patch, "ltr.admin.model_constructor", "NetConstructor")
        settings = foreign(patch, "ltr.admin.settings", "Settings")
        torch.save(
            {"net": TABLE, "constructor": constructor, "settings": settings},
            file,
            _use_new_zipfile_serialization=zipped,
        )
    assert list(read_pytorch(file)) == list(TABLE)
    assert "ltr" not in sys.modules


@FORMATS
@pytest.mark.parametrize("module", ["somebody.models", "ltrx.admin"])
def test_any_other_object_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zipped: bool, module: str
) -> None:
    file = tmp_path / "net.pth"
    with monkeypatch.context() as patch:
        thing = foreign(patch, module, "Thing")
        torch.save({"net": TABLE, "thing": thing}, file, _use_new_zipfile_serialization=zipped)
    with pytest.raises(InputError, match=rf"more than tensors \({module}\.Thing\)") as caught:
        read_pytorch(file)
    assert "\n" not in str(caught.value)


class Dangerous:
    def __reduce__(self):
        return (print, ("this code must not run",))


@FORMATS
def test_code_is_not_run_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], zipped: bool) -> None:
    file = tmp_path / "net.pth"
    torch.save({"net": TABLE, "more": Dangerous()}, file, _use_new_zipfile_serialization=zipped)
    with pytest.raises(InputError, match="print"):
        read_pytorch(file)
    assert capsys.readouterr().out == ""


def test_a_stand_in_keeps_nothing_of_what_it_is_given() -> None:
    thing = Inert("anything", 3)
    thing.__setstate__({"env": "/home/somebody"})
    assert vars(thing) == {}


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 broken"])
def test_what_is_no_checkpoint_is_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "net.pth"
    file.write_bytes(content)
    with pytest.raises(InputError, match="corrupt") as caught:
        read_pytorch(file)
    assert "\n" not in str(caught.value)

from __future__ import annotations

import io
import pickle
import struct
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch

from trackers.errors import InputError
from trackers.weights.formats.pytorch import TABLES, Inert, read_pytorch

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


@FORMATS
def test_a_whole_module_is_refused_by_its_class(tmp_path: Path, zipped: bool) -> None:
    file = tmp_path / "net.pth"
    torch.save(torch.nn.Sequential(torch.nn.Linear(2, 2)), file, _use_new_zipfile_serialization=zipped)
    with pytest.raises(InputError, match=r"more than tensors \(torch\.nn\.modules\.container\.Sequential\)"):
        read_pytorch(file)


@FORMATS
@pytest.mark.parametrize("outer", TABLES)
@pytest.mark.parametrize("inner", TABLES)
def test_a_table_is_found_within_another(tmp_path: Path, outer: str, inner: str, zipped: bool) -> None:
    file = tmp_path / "net.pth"
    names = {f"module.module.{name}": value for name, value in TABLE.items()}
    torch.save({outer: {"epoch": 3, inner: names}}, file, _use_new_zipfile_serialization=zipped)
    assert list(read_pytorch(file)) == list(TABLE)


def test_a_table_that_holds_itself_is_refused(tmp_path: Path) -> None:
    content: dict[str, object] = {}
    content["net"] = content
    torch.save(content, tmp_path / "net.pth")
    with pytest.raises(InputError, match="no table of tensors"):
        read_pytorch(tmp_path / "net.pth")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3, "beside its tensors stands 'more'"),
        (None, "beside its tensors stands 'more'"),
        (torch.eye(2).to_sparse(), "'more' is no plain array"),
        (torch.ones(3, device="meta"), "'more' is no plain array"),
        (torch.ones(3, dtype=torch.complex64), "'more' is no plain array"),
        (torch.ones(1).expand(1000, 1000), "'more' says that it is larger"),
    ],
)
def test_what_is_no_plain_tensor_is_refused_by_its_name(tmp_path: Path, value: object, said: str) -> None:
    torch.save({**TABLE, "more": value}, tmp_path / "net.pth")
    with pytest.raises(InputError, match=said):
        read_pytorch(tmp_path / "net.pth")


def rewritten(file: Path, change: Callable[[bytes], bytes]) -> Path:
    """Write an archive's pickle anew."""
    with zipfile.ZipFile(file) as archive:
        records = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in records.items():
            archive.writestr(name, change(content) if name.endswith("data.pkl") else content)
    return file


class Elsewhere(pickle.Pickler):
    def persistent_id(self, thing: object) -> object:
        return ("module", "code") if thing == "evil" else None


def test_what_is_kept_elsewhere_is_refused(tmp_path: Path) -> None:
    torch.save(TABLE, tmp_path / "net.pth")
    content = io.BytesIO()
    Elsewhere(content, protocol=2).dump({"a": "evil"})
    with pytest.raises(InputError, match="more than tensors"):
        read_pytorch(rewritten(tmp_path / "net.pth", lambda _: content.getvalue()))


@pytest.mark.parametrize("count", [7, 10**12, 2**62, -1])
def test_a_storage_that_says_more_than_there_is_is_refused(tmp_path: Path, count: int) -> None:
    torch.save({"a": torch.arange(6.0)}, tmp_path / "net.pth")
    huge = b"\x8a\x08" + struct.pack("<q", count) + b"t"
    with pytest.raises(InputError, match="corrupt"):
        read_pytorch(rewritten(tmp_path / "net.pth", lambda content: content.replace(b"K\x06t", huge)))


def test_a_bit_that_has_turned_is_found(tmp_path: Path) -> None:
    torch.save(TABLE, tmp_path / "net.pth")
    content = bytearray((tmp_path / "net.pth").read_bytes())
    content[content.find(struct.pack("<f", 3.0))] ^= 1
    (tmp_path / "net.pth").write_bytes(content)
    with pytest.raises(InputError, match=r"corrupt or truncated.*Bad CRC-32"):
        read_pytorch(tmp_path / "net.pth")


def test_an_archive_without_checksums_is_read(tmp_path: Path) -> None:
    wanted = torch.serialization.get_crc32_options()
    torch.serialization.set_crc32_options(False)
    try:
        torch.save(TABLE, tmp_path / "net.pth")
    finally:
        torch.serialization.set_crc32_options(wanted)
    assert list(read_pytorch(tmp_path / "net.pth")) == list(TABLE)


def test_a_stand_in_keeps_nothing_of_what_it_is_given() -> None:
    thing = Inert("anything", 3)
    thing.__setstate__({"env": "/home/somebody"})
    assert vars(thing) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a checkpoint",
        b"PK\x03\x04 broken",
        b"\x80\x02\x8d" + struct.pack("<Q", 2**62),  # a text, and bytes, that ask for all memory
        b"\x80\x02\x8e" + struct.pack("<Q", 2**61),
    ],
)
def test_what_is_no_checkpoint_is_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "net.pth"
    file.write_bytes(content)
    with pytest.raises(InputError, match="corrupt") as caught:
        read_pytorch(file)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [b"settings\0hidden", b"settings ()", b""])
def test_a_name_that_no_class_can_have_is_stood_in_for_too(tmp_path: Path, name: bytes) -> None:
    file = tmp_path / "net.pth"
    torch.save({"net": TABLE, "more": None}, file)
    rewritten(file, lambda content: content.replace(b"more", b"mor2").replace(b"N", b"cltr.admin\n" + name + b"\n", 1))
    assert list(read_pytorch(file)) == list(TABLE)


@FORMATS
def test_a_newer_pickle_is_said_to_be_one(tmp_path: Path, zipped: bool) -> None:
    torch.save(TABLE, tmp_path / "net.pth", pickle_protocol=4, _use_new_zipfile_serialization=zipped)
    with pytest.raises(InputError, match=r"pickle protocol 4; save it with torch\.save\(\.\.\., pickle_protocol=2\)"):
        read_pytorch(tmp_path / "net.pth")

"""Which files a key covers."""

from __future__ import annotations

import os
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from trackers.code import files
from trackers.code.reach import Reach, Walk
from trackers.errors import InputError


def write(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def reach(folder: Path) -> Reach:
    walk = Walk([str(folder)])
    walk.main(folder / "main.py")
    return walk.finish()


def test_modules_beside_are_followed_from_import_to_import(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"main.py": "def update():\n    import a", "a.py": "from b import X", "b.py": "X = 1", "other.py": "Y = 1"},
    )
    assert list(reach(tmp_path).files) == ["a.py", "b.py", "main.py"]


def test_a_package_counts_whole_with_its_data_but_not_what_others_leave_in_it(tmp_path: Path) -> None:
    write(tmp_path, {
        "main.py": "from pkg.deep.net import Net", "pkg/__init__.py": "", "pkg/deep/net.py": "import helper",
        "pkg/util.py": "", "pkg/data/w.bin": "1", "pkg/cache.pyc": "", "pkg/__pycache__/x.py": "",
        "pkg/venv/pyvenv.cfg": "", "pkg/venv/lib.py": "", "helper.py": "",
    })  # fmt: skip
    write(tmp_path / "pkg" / ".git", {"x.py": ""})
    assert list(reach(tmp_path).files) == [
        "helper.py", "main.py", "pkg/__init__.py", "pkg/data/w.bin", "pkg/deep/net.py", "pkg/util.py"
    ]  # fmt: skip


def test_a_package_without_init_counts_too(tmp_path: Path) -> None:
    write(tmp_path, {"main.py": "import ns.inner.tracker", "ns/inner/tracker.py": "", "ns/util.py": "X = 1"})
    before = reach(tmp_path)
    write(tmp_path, {"ns/util.py": "X = 2"})
    assert reach(tmp_path).digest != before.digest


def test_a_folder_without_init_is_the_trackers_own_before_another_of_that_name(tmp_path: Path, monkeypatch) -> None:
    write(tmp_path, {"main.py": "import ns.helper", "ns/helper.py": "X = 1", "elsewhere/ns/other.py": ""})
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")
    assert list(reach(tmp_path).files) == ["main.py", "ns/helper.py"]
    write(tmp_path, {"elsewhere/ns/__init__.py": ""})  # which Python would take
    assert list(reach(tmp_path).files) == ["main.py", "ns/__init__.py", "ns/other.py"]


def test_code_that_is_run_or_loaded_by_its_path_counts_with_what_it_imports(tmp_path: Path) -> None:
    main = "import os, runpy\nrunpy.run_path(os.path.join(HERE, 'parts', 'other.py'))\nctypes.CDLL('./fast.so')"
    write(tmp_path, {"main.py": main, "parts/other.py": "import a; A = 'other.py', '../main.py'", "a.py": "X = 1"})
    write(tmp_path, {"fast.so": "1"})
    assert list(reach(tmp_path).files) == ["a.py", "main.py", "main.py: ./fast.so", "main.py: parts/other.py"]


def test_what_links_in_a_package_lead_to_counts(tmp_path: Path) -> None:
    write(tmp_path, {"main.py": "import pkg", "pkg/__init__.py": "", "one/m.py": "X = 1", "two/m.py": "X = 2"})
    write(tmp_path, {"one/deep/w.bin": "1"})
    link = tmp_path / "pkg" / "models"
    link.symlink_to(tmp_path / "one")
    (tmp_path / "one" / "back").symlink_to(tmp_path / "pkg")
    (tmp_path / "one" / "self").symlink_to(tmp_path / "one")
    before = reach(tmp_path)
    assert list(before.files) == ["main.py", "pkg/__init__.py", "pkg/models/deep/w.bin", "pkg/models/m.py"]
    link.unlink()
    link.symlink_to(tmp_path / "two")
    assert reach(tmp_path).digest != before.digest


def test_a_link_to_too_much_is_left_out_and_said(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(files, "ENTRIES", 10)
    write(tmp_path, {"main.py": "import pkg", "pkg/__init__.py": "", "pkg/util.py": ""})
    write(tmp_path, {f"data/{number}.jpg": "" for number in range(12)})
    (tmp_path / "pkg" / "data").symlink_to(tmp_path / "data")
    found = reach(tmp_path)
    assert list(found.files) == ["main.py", "pkg/__init__.py", "pkg/util.py"]
    assert "not of pkg/ what data links to, as that has too many entries" in found.words()


def test_of_a_package_too_large_what_was_loaded_counts(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(files, "MODULES", 1)
    write(tmp_path, {"main.py": "import big", "big/__init__.py": "", "big/a.py": "", "big/b.py": ""})
    walk = Walk([str(tmp_path)], ["big", "big.a"])
    walk.main(tmp_path / "main.py")
    assert list(walk.finish().files) == ["big/__init__.py", "big/a.py", "main.py"]


def test_of_a_package_too_large_only_what_imports_lead_to_is_read(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(files, "MODULES", 3)
    write(tmp_path, {
        "main.py": "from big.a import tracker", "big/__init__.py": "", "big/a/__init__.py": "",
        "big/a/tracker.py": "from ..b import X\nfrom . import near", "big/b.py": "", "big/a/near.py": "",
        "big/c.py": "",
    })  # fmt: skip
    found = reach(tmp_path)
    assert list(found.files) == [
        "big/__init__.py", "big/a/__init__.py", "big/a/near.py", "big/a/tracker.py", "big/b.py", "main.py"
    ]  # fmt: skip
    assert "more than 3 modules" in found.words()


def test_a_home_full_of_files_is_not_read(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(files, "ENTRIES", 10)
    write(tmp_path, {"main.py": "import home.tracker", "home/tracker.py": ""})
    for number in range(12):
        (tmp_path / "home" / f"{number}.txt").touch()
    assert list(reach(tmp_path).files) == ["home/tracker.py", "main.py"]


def test_data_that_the_code_names_counts_where_it_is_there(tmp_path: Path, monkeypatch) -> None:
    write(tmp_path, {"main.py": "A = 'w.npy'\nB = HERE / 'nets' / 'v.pth'\nC = 'cwd.json', 'gone.npy'\n", "w.npy": "1"})
    write(tmp_path, {"nets/v.pth": "2"})
    monkeypatch.chdir(write(tmp_path / "cwd", {"cwd.json": "3"}))
    assert list(reach(tmp_path).files) == ["main.py", "main.py: cwd.json", "main.py: nets/v.pth", "main.py: w.npy"]


def test_content_counts_and_not_the_date(tmp_path: Path) -> None:
    write(tmp_path, {"main.py": "A = 'w.npy'\nimport a", "a.py": "X = 1", "w.npy": "1"})
    before, stat = reach(tmp_path).digest, (tmp_path / "w.npy").stat()
    for file, text in (("w.npy", "2"), ("a.py", "X = 2")):
        write(tmp_path, {"a.py": "X = 1", "w.npy": "1"})
        assert reach(tmp_path).digest == before
        (tmp_path / file).write_text(text)
        os.utime(tmp_path / file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        assert reach(tmp_path).digest != before


def test_a_large_file_is_read_again_when_its_date_or_size_differs(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(files, "SMALL", 0)
    file = tmp_path / "w.bin"
    seen = []
    for number, content in enumerate((b"one", b"two", b"longer")):
        file.write_bytes(content)
        os.utime(file, (number, number))
        seen.append(files.digest_bytes(file))
    assert len(set(seen)) == 3


def test_where_it_lies_does_not_count(tmp_path: Path) -> None:
    texts = {"main.py": "import a\nfrom pkg import b", "a.py": "", "pkg/__init__.py": "", "pkg/b.py": ""}
    assert reach(write(tmp_path / "x", texts)).digest == reach(write(tmp_path / "y" / "z", texts)).digest


def test_installed_distributions_count_by_version_and_content(tmp_path: Path, monkeypatch) -> None:
    site = write(tmp_path / "site", {"lib/__init__.py": ""})
    monkeypatch.syspath_prepend(site)
    write(tmp_path, {"main.py": "import lib, json, numpy.linalg"})

    def install(version: str, digest: str) -> Reach:
        info = site / "lib-1.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: lib\nVersion: {version}\n")
        (info / "RECORD").write_text(
            f"lib/__init__.py,sha256={digest},0\nlib-1.dist-info/METADATA,sha256={version},0\n"
        )
        return reach(tmp_path)

    first = install("1", "a")
    assert list(first.files) == ["main.py"]
    assert first.distributions[0].startswith("lib 1 ")
    assert [one.split()[0] for one in first.distributions] == ["lib", "numpy"]
    assert install("2", "a").digest != first.digest != install("1", "b").digest
    assert install("1", "a").digest == first.digest


def announce(site: Path, record: str) -> Distribution:
    """Return a distribution of which only the metadata is there."""
    info = site / "plug-1.dist-info"
    write(
        info, {"METADATA": "Metadata-Version: 2.1\nName: plug\nVersion: 1\n", "RECORD": record, "top_level.txt": "plug"}
    )
    return Distribution.at(info)


def test_of_the_trackers_own_distribution_every_file_counts(tmp_path: Path) -> None:
    texts = {"plug/__init__.py": "", "plug/data/w.bin": "1", "sibling.py": "", "plug/old.pyc": ""}
    dist = announce(
        write(tmp_path, texts), "".join(f"{name},,\n" for name in (*texts, "plug-1.dist-info/METADATA", "../bin/x"))
    )
    digests = []
    for content in ("1", "2"):
        (tmp_path / "plug" / "data" / "w.bin").write_text(content)
        walk = Walk()
        walk.distribution(dist)
        found = walk.finish()
        assert list(found.files) == ["plug/__init__.py", "plug/data/w.bin", "sibling.py"]
        digests.append(found.digest)
    assert digests[0] != digests[1]


def test_an_editable_distribution_counts_where_its_files_are(tmp_path: Path, monkeypatch) -> None:
    source = write(tmp_path / "source", {"plug/__init__.py": "", "plug/inner/net.py": "", "plug/w.bin": ""})
    monkeypatch.syspath_prepend(source)
    walk = Walk()
    walk.distribution(announce(tmp_path / "site", "__editable__.plug-1.pth,,\n"))
    found = walk.finish()
    assert list(found.files) == ["plug/__init__.py", "plug/inner/net.py", "plug/w.bin"]
    assert found.distributions == ("plug 1",)


def test_what_is_used_of_engram_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"main.py": "from trackers.api import register\nfrom trackers.siamfc.tracker import SiamFC"})
    assert reach(tmp_path).engram == ("trackers/siamfc",)


class Declares:
    files = ("test_source.py", "nowhere.npy")


def test_a_declared_file_that_is_missing_is_one_line() -> None:
    with pytest.raises(InputError, match=r"Declares declares the file 'nowhere.npy', but there is no .*nowhere.npy$"):
        Walk().bases(Declares)


@pytest.mark.parametrize("wrong", [3, {"a": "b"}, (1,)])
def test_what_is_declared_must_be_names(wrong: object) -> None:
    with pytest.raises(InputError, match="files must be names of files"):
        Walk().bases(type("Wrong", (), {"files": wrong}))

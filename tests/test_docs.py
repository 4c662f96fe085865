"""The documentation as a site: every page has its place, every link and name leads somewhere, and it builds strictly.

It is built where what draws it is there: 170 MB of packages, which `make docs`, a slow test and a workflow bring.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from conftest import REPOSITORY

from benchmark.profiles import load_profile, profile_names

DOCS = REPOSITORY / "docs"
PAGES = sorted(file for file in DOCS.rglob("*.md") if "examples" not in file.parts)
ABROAD = {"index.md": "README.md", "CONTRIBUTING.md": "CONTRIBUTING.md", "CHANGELOG.md": "CHANGELOG.md"}
"""Pages of the site that do not lie in docs/ (``.ci/site.py``)."""


def leaves(nav: Any) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    return [leaf for part in (nav.values() if isinstance(nav, dict) else nav) for leaf in leaves(part)]


def test_every_page_stands_in_the_navigation_once() -> None:
    listed = leaves(yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text())["nav"])
    assert len(set(listed)) == len(listed)
    assert set(listed) == {file.relative_to(DOCS).as_posix() for file in PAGES} | set(ABROAD)
    assert all((REPOSITORY / name).is_file() for name in ABROAD.values())


def anchors(file: Path) -> set[str]:
    """Return the names of a page's headings, as a browser's address has them."""
    heads = re.findall(r"^#+ (.*)", re.sub(r"```.*?```", "", file.read_text(), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", head.lower()).strip()) for head in heads}


LINKING = [*PAGES, *(REPOSITORY / name for name in ABROAD.values())]


@pytest.mark.parametrize("page", LINKING, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)", page.read_text()):
        file = page.parent / target if target else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), f"{target}#{anchor}"


def test_the_reference_names_what_there_is() -> None:
    names = [name for page in PAGES for name in re.findall(r"^::: (\S+)", page.read_text(), re.MULTILINE)]
    assert len(names) > 10
    for name in names:
        module, _, thing = name.rpartition(".")
        try:
            found = import_module(name)
        except ModuleNotFoundError:
            found = getattr(import_module(module), thing)
        assert found.__doc__, name


def test_the_profiles_are_those_that_there_are() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", (DOCS / "profiles.md").read_text(), re.MULTILINE)
    assert dict(rows) == {name: load_profile(name).title for name in profile_names()}


def strictly_built(python: Path, site: Path) -> None:
    """Build the site into a folder of the test's own."""
    command = [python, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", site]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for page in PAGES:
        place = page.relative_to(DOCS).with_suffix("")
        assert any((site / file).is_file() for file in (f"{place}/index.html", f"{place}.html")), place
    for page in site.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="?(?!https?:|data:|mailto:|#|/)([^"# >]+)', page.read_text()):
            target = page.parent / unquote(html.unescape(link))
            assert (target / "index.html" if target.is_dir() else target).is_file(), f"{page.relative_to(site)}: {link}"


def test_the_site_builds_strictly(tmp_path: Path) -> None:
    own = REPOSITORY / ".venv-docs" / "bin" / "python"
    if own.is_file():
        strictly_built(own, tmp_path / "site")
    elif all(find_spec(name) for name in ("mkdocs", "material", "mkdocstrings")):
        strictly_built(Path(sys.executable), tmp_path / "site")
    else:
        pytest.skip("needs MkDocs Material: `make docs`, or the extra `docs`")


@pytest.mark.slow
def test_make_docs_makes_its_environment_and_the_site(tmp_path: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("needs make")
    made = ["make", "docs", f"PYTHON={sys.executable}", f"VENV={tmp_path / 'made'}"]
    done = subprocess.run(made, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    strictly_built(tmp_path / "made-docs" / "bin" / "python", tmp_path / "site")

"""What the documents tell people who install or cite Engram."""

from __future__ import annotations

import datetime
import re
import tomllib

import pytest
import yaml
from conftest import REPOSITORY

from trackers.registry import PAPERS_FIVE, find_family

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
CITATION = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text())
TEXTS = [
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "action.yml", "Makefile")),
    *sorted((REPOSITORY / "docs").rglob("*.md")),
    *sorted((REPOSITORY / "docs").rglob("*.yml")),
]
TYPES = {"article", "conference-paper", "software", "book", "report", "thesis", "data"}
PERSON = {"family-names", "given-names"}


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_nobody_is_sent_to_an_index_that_does_not_have_engram(file) -> None:
    """`engram-bench` is installed from a checkout or a git address; no index has it."""
    for line in file.read_text().splitlines():
        assert not re.search(r"pip3? install\s[^#]*(?<![./])\bengram-bench\b", line), line


def test_no_address_of_the_project_is_made_up() -> None:
    for address in PROJECT.get("urls", {}).values():
        assert "example" not in address
    found = re.findall(r"git\+\S+", "\n".join(file.read_text() for file in TEXTS))
    assert found
    assert all("git.example.org" in address for address in found), "a placeholder, until there is an address"


def test_the_citation_has_what_its_format_asks_for() -> None:
    assert {"cff-version", "message", "title", "authors"} <= CITATION.keys()
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["type"] in ("software", "dataset")
    assert CITATION["version"] == PROJECT["version"]
    assert CITATION["license"] == PROJECT["license"]
    assert [author["name"] for author in CITATION["authors"]] == [author["name"] for author in PROJECT["authors"]]
    assert datetime.date.fromisoformat(CITATION["date-released"]).year >= 2026


def test_every_paper_that_was_followed_is_cited() -> None:
    references = CITATION["references"]
    for one in references:
        assert {"type", "title", "authors"} <= one.keys()
        assert one["type"] in TYPES
        assert all(author.keys() == PERSON or author.keys() == {"name"} for author in one["authors"])
        assert re.fullmatch(r"10\.\d{4,9}/\S+", one.get("doi", "10.1000/x"))
        assert one.get("url", "https://").startswith("https://")
    for family in {name.split("-")[0] for name in PAPERS_FIVE}:
        paper = find_family(family).paper
        (cited,) = [one for one in references if one["title"] in paper]
        assert cited["authors"][0]["family-names"] in paper
        assert str(cited["year"]) in paper
        for number in re.findall(r"arXiv (\d{4}\.\d{5})", paper):
            assert cited["url"] == f"https://arxiv.org/abs/{number}"

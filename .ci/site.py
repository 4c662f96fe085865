"""Hooks of mkdocs: pages outside docs/ join the site, and links between files of the repository lead to its pages."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "CONTRIBUTING.md", "CHANGELOG.md": "CHANGELOG.md"}
"""File of the repository: page of the site. Results keep their path."""
RESULTS = ("tables/*.md", "tables/*.svg", "studies/studies.md", "studies/*/*/study.md", "studies/*/*/figures/study.svg")
LINK = re.compile(r"(\]\()(?!https?://|#|mailto:)([^)#\s]+)")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages outside docs/."""
    results = REPOSITORY / "results"
    made = [file.relative_to(REPOSITORY).as_posix() for pattern in RESULTS for file in sorted(results.glob(pattern))]
    for name in (*PAGES, *made):
        place = PAGES.get(name, name)
        page = File.generated(config, place, abs_src_path=str(REPOSITORY / name))
        if name in made:
            page.inclusion = page.inclusion.__class__.NOT_IN_NAV
        files.append(page)
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Turn links to files of the repository into links of the site; one to what is no page becomes its name."""
    own = page.file.src_uri
    source = next(
        (name for name, place in PAGES.items() if place == own), own if own.startswith("results/") else f"docs/{own}"
    )

    def led(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), found[2]))
        place = PAGES.get(target, target.removeprefix("docs/") if target.startswith("docs/") else target)
        if place.endswith("/") or not files.get_file_from_path(place):
            return f"{found[1]}{ABROAD}{found[2]}"
        return found[1] + posixpath.relpath(place, posixpath.dirname(own) or ".")

    text = LINK.sub(led, markdown)
    return re.sub(rf"\[((?:[^\[\]]|\[[^\]]*\])*)\]\({ABROAD}[^)]*\)", r"\1", text)


ABROAD = "abroad:"
"""Marks links to files that are no part of the site: workflows, licences, schemas."""

"""Where the tests find real material, and what they do where there is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real sequences, golden results and rival trackers (``ENGRAM_SHARED``, else ``../shared``)."""
    folder = Path(os.environ.get("ENGRAM_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "data" / "otb").is_dir():
        message = f"needs the real sequences and golden results in {folder}, which this machine does not have"
        if os.environ.get("ENGRAM_REQUIRE_DATA") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return folder

"""Starts the worker without putting its folder on the path of modules: ``python start.py DESCRIPTOR``.

With no descriptor it prints instead, as JSON, which Python this is and what is installed for it.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import platform
import sys

NAME = "engram_abroad"
"""What the folder is called as a package, where nobody else's has that name."""


def main() -> None:
    """Be a worker, or say what there is."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [place for place in sys.path if os.path.abspath(place) != here]
    if len(sys.argv) < 2:
        sys.stdout.write(json.dumps(describe()))
        return
    spec = importlib.util.spec_from_file_location(
        NAME, os.path.join(here, "__init__.py"), submodule_search_locations=[here]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)
    importlib.import_module(NAME + ".worker").main(int(sys.argv[1]))


def describe() -> dict[str, object]:
    """Return this Python's kind and version, whether it has NumPy, and names with versions of what is installed."""
    places = [place for place in sys.path if os.path.isdir(place)]
    names = {
        name for place in places for name in os.listdir(place) if name.endswith((".dist-info", ".egg-info", ".egg"))
    }
    return {
        "python": platform.python_implementation() + " " + platform.python_version(),
        "numpy": importlib.util.find_spec("numpy") is not None,
        "packages": sorted(names),
    }


if __name__ == "__main__":
    main()

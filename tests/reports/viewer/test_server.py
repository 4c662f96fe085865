"""Who is answered, what is answered, and what never leaves."""

from __future__ import annotations

import base64
import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from conftest import REPOSITORY
from viewing import TOKEN, Serve, Served

from benchmark.runs import Run
from reports.failures import overlaps
from reports.viewer.server import STATIC


def test_the_page_and_its_parts_are_served_and_ask_for_nothing_outside(viewer: Served) -> None:
    page = viewer.get(f"/{TOKEN}/")
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert b"--jumped" in viewer.get(f"/{TOKEN}/colours.css").body  # the report's own
    for file in (one for one in STATIC.rglob("*") if one.is_file()):
        reply = viewer.get(f"/{TOKEN}/static/{file.relative_to(STATIC)}")
        assert (reply.status, reply.body) == (200, file.read_bytes())
        if "vendor" not in file.parts:
            assert "://" not in file.read_text().replace("http://www.w3.org/2000/svg", ""), file


@pytest.mark.parametrize(
    "path", ["/", "/wrong/", "/the-toke/", "/the-token2/api/runs", "/api/runs", "//", "/..%2fthe-token/"]
)
def test_without_the_token_nothing_is_answered(viewer: Served, path: str) -> None:
    reply = viewer.get(path)
    assert reply.status == 403
    assert b"run_bench view" in reply.body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "0.0.0.0", "[::1]", ""])
def test_a_request_under_another_name_is_refused(viewer: Served, host: str) -> None:
    """A site that lets its own name lead to this machine is told nothing, were it to know the token."""
    reply = viewer.get(f"/{TOKEN}/api/runs", host=host or " ")
    assert reply.status == 400
    assert b"siamfc" not in reply.body


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8421"])
def test_this_machine_is_called_by_its_own_names(viewer: Served, host: str) -> None:
    assert viewer.get(f"/{TOKEN}/api/runs", host=host).status == 200


def test_every_answer_tells_the_browser_to_keep_to_itself(viewer: Served) -> None:
    for path in ("/wrong", f"/{TOKEN}/", f"/{TOKEN}/api/runs", f"/{TOKEN}/static/main.js"):
        headers = viewer.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers


def test_nothing_can_be_written(viewer: Served) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert viewer.get(f"/{TOKEN}/api/runs", method=method).status == 405


@pytest.mark.parametrize(
    "path",
    [
        "static/../../server.py", "static/%2e%2e/server.py", "static/..%2f..%2fserver.py", "static//etc/passwd",
        "static/%2fetc%2fpasswd", "api/../../../etc/passwd",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_page(viewer: Served, path: str) -> None:
    reply = viewer.get(f"/{TOKEN}/{path}")
    assert reply.status in (404, 405)
    assert b"import" not in reply.body
    assert b"root:" not in reply.body


def test_a_frame_is_its_own_file(viewer: Served, made_run: Path) -> None:
    reply = viewer.ask("frame", run=made_run.name, sequence="first", frame=3)
    assert reply.status == 200
    assert reply.headers["content-type"] == "image/jpeg"
    assert reply.body == (made_run.parents[1] / "videos" / "first" / "img" / "0004.jpg").read_bytes()


@pytest.mark.parametrize(
    ("sequence", "frame", "status"),
    [
        ("first", "90", 404), ("first", "-1", 404), ("first", "1/../../x", 404), ("first", "", 404),
        ("first", "9" * 30, 404), ("../first", "1", 404), ("first/../second", "1", 404), ("/etc", "1", 404),
        ("", "1", 404), ("FIRST", "1", 404), ("img", "1", 404),
    ],
)  # fmt: skip
def test_no_frame_is_served_but_those_of_the_runs_own_sequences(
    viewer: Served, made_run: Path, sequence: str, frame: str, status: int
) -> None:
    reply = viewer.ask("frame", run=made_run.name, sequence=sequence, frame=frame)
    assert reply.status == status
    assert set(reply.json) == {"error"}


def test_a_frame_that_is_no_picture_does_not_leave(serve: Serve, make, tmp_path: Path) -> None:
    run = make(tmp_path, {"siamfc": 0.6}, ["one"], 12)
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")
    frame = tmp_path / "videos" / "one" / "img" / "0003.jpg"
    frame.unlink()
    frame.symlink_to(secret)
    reply = serve(run).ask("frame", run=run.name, sequence="one", frame=2)
    assert reply.status == 404
    assert b"secret" not in reply.body
    assert "frame 3: 0003.jpg" in reply.json["error"]


@pytest.mark.parametrize("run", ["../..", "/", "", ".", "latest", "nobody"])
def test_no_run_is_opened_but_those_on_the_shelf(viewer: Served, run: str) -> None:
    reply = viewer.ask("overview", run=run)
    assert reply.status == 400
    assert "is open here" in reply.json["error"]


def test_the_overview_has_the_scores_of_the_run(viewer: Served, made_run: Path) -> None:
    found = viewer.ask("overview", run=made_run.name).json
    scores = Run.read(made_run).scores
    assert [one["name"] for one in found["trackers"]] == [one.name for one in scores.trackers]
    for line in found["sequences"]:
        expected = [one.sequences[line["name"]].auc for one in scores.trackers]
        np.testing.assert_allclose(line["auc"], expected, atol=5e-5)
    assert found["attributes"]["OCC"] == "occlusion"


def test_a_sequence_has_everybodys_boxes_and_overlaps(viewer: Served, made_run: Path) -> None:
    found = viewer.ask("sequence", run=made_run.name, sequence="second").json
    run = Run.read(made_run)
    truth = np.frombuffer(base64.b64decode(found["truth"]), "<f4").reshape(-1, 4)
    np.testing.assert_allclose(truth, run.truth.annotations["second"].boxes, atol=1e-3)
    assert found["size"] == [320, 240]
    assert found["missing"] == ""
    for track in found["tracks"]:
        own = run.trajectory(run.scores.trackers[track["tracker"]].name, "second")
        boxes = np.frombuffer(base64.b64decode(track["boxes"]), "<f4").reshape(-1, 4)
        np.testing.assert_allclose(boxes, own.boxes, atol=1e-3)
        overlap = np.frombuffer(base64.b64decode(track["overlap"]), "<f4")
        annotation = run.truth.annotations["second"]
        expected = overlaps(own.boxes, annotation.boxes, annotation.valid)
        np.testing.assert_allclose(overlap, expected, atol=1e-3)
        assert len(overlap) == track["rows"] == 90
    (memtrack,) = [one for one in found["tracks"] if one["panels"]]
    assert memtrack["told"] == 89
    assert "Read weights, by slot" in {one["title"] for one in memtrack["panels"]}


def test_what_a_memory_held_is_told_with_pictures(viewer: Served, made_run: Path) -> None:
    words = {"run": made_run.name, "sequence": "second", "attempt": "", "frame": 40}
    found = viewer.ask("slots", tracker="memtrack", **words).json
    assert len(found) == 8
    assert sum(one["weight"] for one in found) == pytest.approx(1)
    assert base64.b64decode(found[0]["picture"])[8:12] == b"WEBP"
    assert viewer.ask("slots", tracker="siamfc", **words).json == []
    assert viewer.ask("slots", tracker="nobody", **words).json == []


def test_what_is_asked_for_wrongly_is_said_in_one_line(viewer: Served, made_run: Path) -> None:
    for name, values, said in (
        ("sequence", {"sequence": "firts"}, "Did you mean 'first'"),
        ("sequence", {"sequence": "first", "attempt": "repeat 9"}, "no attempt 'repeat 9'"),
        ("clip", {"sequence": "first", "kind": "exe"}, "a video or a gif"),
        (
            "clip",
            {"sequence": "first", "kind": "gif", "tracker": "siamfc", "from": 5, "to": 2, "width": 320},
            "frames 1 to 90",
        ),
        ("strip", {"sequence": "first"}, "choose a tracker"),
    ):
        reply = viewer.ask(name, run=made_run.name, **values)
        assert reply.status == 400
        assert said in reply.json["error"]
        assert "\n" not in reply.json["error"]
    assert not viewer.faults


def test_a_fault_is_told_to_who_started_the_viewer(
    serve: Serve, made_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(made_run)
    monkeypatch.setattr("reports.viewer.look.Look.overview", lambda *_: 1 / 0)
    reply = served.ask("overview", run=made_run.name)
    assert reply.status == 500
    assert "ZeroDivisionError" in reply.json["error"]
    assert "Traceback" not in reply.json["error"]
    assert "ZeroDivisionError: division by zero" in served.faults[0]


def test_a_run_that_is_damaged_is_one_line(serve: Serve, made_run: Path, tmp_path: Path) -> None:
    for name in ("whole", "damaged"):
        shutil.copytree(made_run, tmp_path / "runs" / name, ignore=shutil.ignore_patterns("figures", "report*"))
    (tmp_path / "runs" / "damaged" / "scores.json").write_text("{")
    served = serve(results=tmp_path)
    assert {one["id"] for one in served.ask("runs").json} == {"whole", "damaged"}
    assert served.ask("overview", run="whole").status == 200
    reply = served.ask("overview", run="damaged")
    assert reply.status == 400
    assert "scores.json cannot be read" in reply.json["error"]


def test_modules_are_short_and_the_chart_library_is_as_published() -> None:
    long = {one.name: n for one in STATIC.glob("*") if one.is_file() and (n := len(one.read_text().splitlines())) > 300}
    assert not long
    library = STATIC / "vendor" / "uplot"
    published = "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f"
    assert sha256((library / "uPlot.iife.min.js").read_bytes()).hexdigest() == published
    assert "MIT License" in (library / "LICENSE").read_text()
    assert published[:12] in (REPOSITORY / "docs" / "viewer.md").read_text()

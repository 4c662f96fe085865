"""Options from a file, for every command, and a run's manifest as one."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from benchmark import load
from benchmark.commands.config import with_config
from benchmark.commands.lists import split_names
from benchmark.commands.run import run
from benchmark.commands.speed import speed
from run_bench import COMMANDS, cli
from trackers.errors import InputError


def options(text: str, tmp_path: Path, *words: str, command: click.Command = run) -> dict[str, object]:
    """Return what a command is called with by a file and the words of a command line."""
    file = tmp_path / "run.toml"
    file.write_text(text)
    with with_config(command).make_context("run", ["--config", str(file), *words]) as context:
        return dict(context.params)


def test_a_file_says_what_the_command_line_would(tmp_path: Path) -> None:
    text = """
trackers = ["siamfc", "memtrack*"]
dataset = "OTB100"
sequences = ["Couple", "Crossing"]
limit-frames = 50
retry_failed = true
jitter = 2.5
lanes = 4
results = "elsewhere"
"""
    words = ("-t", "siamfc", "-t", "memtrack*", "-d", "OTB100", "--sequences", "Couple,Crossing", "--limit-frames=50",
             "--retry-failed", "--jitter", "2.5", "--lanes", "4", "--results", "elsewhere")  # fmt: skip
    with with_config(run).make_context("run", list(words)) as context:
        assert options(text, tmp_path) == context.params


def test_a_name_in_a_list_keeps_its_comma(tmp_path: Path) -> None:
    found = options('sequences = ["a, b", "c"]\n', tmp_path)["sequences"]
    assert split_names(str(found)) == ["a, b", "c"]


def test_the_command_line_counts_more_than_the_file(tmp_path: Path) -> None:
    found = options('trackers = "siamfc"\nseed = 3\n', tmp_path, "--seed", "5")
    assert (found["seed"], found["trackers"]) == (5, ("siamfc",))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_one(name: str, run_bench) -> None:
    shown = " ".join(run_bench(name, "--help").stdout.split())
    assert shown.count("--config FILE") == 1
    again = cli.get_command(click.Context(cli), name)
    assert again is not None
    assert sum("--config" in one.opts for one in again.params) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("trakcers = 'siamfc'\n", "`run` has no option 'trakcers'. Did you mean 'trackers'"),
        ("telemetry = 'yes'\n", "telemetry is either true or false"),
        ("seed = true\n", "seed is a text, a number or a list of these"),
        ('results = "a\\u0000b"\n', "results has a character that no command line can have"),
        ("seed = [1, 2]\n", "seed is one value, not a list"),
        ("trackers = [['a']]\n", "trackers is a text, a number or a list of these"),
        ("[run]\nseed = 1\n", "`run` has no option 'run'"),
        ("config = 'other.toml'\n", "`run` has no option 'config'"),
        ("seed = \n", "it is TOML"),
        ("protocol = 'opee'\n", "'opee' is not one of"),
        ("\x00", "it is TOML"),
        ("limit-frames = 5\nlimit_frames = 6\n", "limit_frames stands twice"),
    ],
)
def test_what_a_file_cannot_say_is_one_line(text: str, says: str, tmp_path: Path, run_bench) -> None:
    (tmp_path / "run.toml").write_text(text)
    done = run_bench("run", "--config", tmp_path / "run.toml", "--results", tmp_path / "out")
    assert done.returncode == 2
    assert says in done.stderr
    assert len([line for line in done.stderr.strip().splitlines() if line.startswith(("run_bench:", "Error:"))]) == 1
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path, run_bench) -> None:
    for name in ("none.toml", "none.json", "none/manifest.json"):
        done = run_bench("run", "--config", tmp_path / name, "--results", tmp_path / "out")
        assert done.returncode == 2
        assert name in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_arguments_and_commands_within_commands_take_one(tmp_path: Path, run_bench, picture_folder: Path) -> None:
    results = tmp_path / "results"
    run_bench("run", "-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder, "--results", results, "-q")
    (tmp_path / "report.toml").write_text(f'runs = ["latest"]\nresults = "{results}"\nframes = false\n')
    done = run_bench("report", "--config", tmp_path / "report.toml")
    assert done.returncode == 0, done.stderr
    assert "report.html" in done.stdout
    (tmp_path / "name.toml").write_text(f'run = "latest"\nname = "mine"\nresults = "{results}"\n')
    assert run_bench("results", "rename", "--config", tmp_path / "name.toml").returncode == 0
    assert load("mine", results=results).trackers == ("cv2:kcf",)


def test_a_manifest_does_again_what_its_run_did(tmp_path: Path, run_bench, picture_folder: Path) -> None:
    results = tmp_path / "results"
    given = ("--protocol", "sre", "--seed", "3", "--limit-frames", "6", "--sequences", "second,third", "--profile",
             "got10k", "--telemetry")  # fmt: skip
    first = run_bench(
        "run", "-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder, *given, "--results", results
    )
    assert first.returncode == 0, first.stderr
    folder = load(results=results).folder
    for place in (folder, folder / "manifest.json"):
        again = run_bench("run", "--config", place, "--results", results)
        assert again.returncode == 0, again.stderr
        assert "24 of 24 trajectories are kept" in again.stderr
    one, other = load(folder), load(results=results)
    assert one.id != other.id
    assert other.scores.equals(one.scores)
    assert other.about.drop("run").equals(one.about.drop("run"))
    assert json.loads((other.folder / "manifest.json").read_text())["telemetry"]
    more = run_bench("run", "--config", folder, "--sequences", "third", "--results", results)
    assert more.returncode == 0, more.stderr
    assert load(results=results).names == ("third",)


def test_a_manifest_gives_other_commands_what_they_have_of_it(tmp_path: Path, run_bench, picture_folder: Path) -> None:
    results = tmp_path / "results"
    run_bench("run", "-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder, "--results", results, "-q")
    done = run_bench("audit", "--config", load(results=results).folder, "--sequences", "first")
    assert done.returncode == 0, done.stderr
    assert "cv2:kcf" in done.stdout


def test_an_old_manifest_of_other_starts_asks_for_its_protocol(tmp_path: Path, run_bench, picture_folder: Path) -> None:
    results = tmp_path / "results"
    words = (
        "-t",
        "cv2:kcf",
        "-d",
        "folder",
        "--data-root",
        picture_folder,
        "--sequences",
        "first",
        "--results",
        results,
    )
    run_bench("run", *words, "--protocol", "sre", "-q")
    file = load(results=results).folder / "manifest.json"
    content = json.loads(file.read_text())
    del content["protocol"]
    file.write_text(json.dumps(content))
    done = run_bench("run", "--config", file, "--results", results)
    assert done.returncode == 2
    assert "say --protocol" in done.stderr
    assert run_bench("run", "--config", file, "--protocol", "sre", "--results", results).returncode == 0
    content["records"][0]["begun"] = "ope"
    content["timeout"] = ["soon"]
    file.write_text(json.dumps(content))
    assert "timeout" in run_bench("run", "--config", file, "--results", results).stderr


IMPORTED = {
    "schema": 1, "command": ["run_bench"], "trackers": [], "seed": 0, "lanes": 1, "repeats": 1, "git": None,
    "records": [], "machine": {"processor": "", "cores": "2", "system": "", "python": ""}, "versions": {},
    "dataset": {"name": "demo", "coverage": "demo", "revision": "1", "sequences": ["plain-1"], "limit_frames": None},
    "environment": {"device": "cpu", "threads": "1"},
}  # fmt: skip
"""The manifest of a run of imported results alone."""


def of_manifest(command: click.Command, folder: Path, *words: str, **more: object) -> dict[str, object]:
    """Return what a command is called with by such a manifest, with more in it."""
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(IMPORTED | more))
    with with_config(command).make_context("it", ["--config", str(folder), *words]) as context:
        return dict(context.params)


def test_a_manifest_says_which_imported_results_and_whether_telemetry_was_kept(tmp_path: Path) -> None:
    found = of_manifest(run, tmp_path / "run", imported=["KCF, mine", "CSRT"], telemetry=True)
    assert (found["trackers"], found["telemetry"]) == (("none",), True)
    assert split_names(str(found["imported"])) == ["KCF, mine", "CSRT"]


def test_what_a_manifest_of_imported_results_lacks_is_said_unless_the_command_line_has_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"an older Engram wrote it.* names of imported results; say --imported"):
        of_manifest(run, tmp_path / "run")
    assert of_manifest(run, tmp_path / "run", "--imported", "all")["imported"] == "all"
    with pytest.raises(InputError, match="imported results alone, and no tracker; say --trackers yourself"):
        of_manifest(speed, tmp_path / "run", imported=["KCF"])
    assert of_manifest(speed, tmp_path / "run", "-t", "siamfc")["trackers"] == ("siamfc",)


def test_a_folder_without_a_manifest_is_no_runs(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match=r"is no folder of a run that has ended: it has no manifest\.json"),
        with_config(run).make_context("run", ["--config", str(tmp_path)]),
    ):
        pass


def test_a_tracker_in_a_folder_with_a_comma_comes_back_from_a_manifest(
    tmp_path: Path, run_bench, picture_folder: Path
) -> None:
    file = tmp_path / "deep, deeper" / "still.py"
    file.parent.mkdir()
    file.write_text(
        "from trackers.api import register\n\n\n@register('still', remembers='a box')\nclass Still:\n"
        "    def init(self, image, box): self.box = box\n    def update(self, image): return self.box\n"
    )
    results, named = tmp_path / "results", f"py:{file}".replace(",", r"\,")
    words = ("-t", named, "-d", "folder", "--data-root", picture_folder, "--results", results, "-q")
    assert run_bench("run", *words, "--sequences", "second").returncode == 0
    again = run_bench("run", "--config", load(results=results).folder, "--results", results)
    assert again.returncode == 0, again.stderr
    assert "1 of 1 trajectories are kept from earlier runs; nothing is left to run" in again.stderr

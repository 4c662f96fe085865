"""Trackers with pytracking's interface, from repositories laid out as those that have it are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.trackers.adapters.repositories import TRACKER, follow, named, repository, write
from trackers.errors import InputError
from trackers.names import expand, resolve
from trackers.registry import PATH_VARIABLE


@pytest.mark.parametrize(
    ("arguments", "info"),
    [("params, dataset_name", ", info: dict = None"), ("params", ", info=None"), ("params", ""),
     ("params, dataset_name='otb', other=3", ""), ("params, name_of_set", ""), ("params, **rest", ""),
     ("params, *, dataset_name", ""), ("*, params, dataset_name='x'", ""), ("dataset_name, params", ""),
     ("params, /, dataset_name", "")],
)  # fmt: skip
def test_constructors_of_all_kinds_are_called_as_they_want(tmp_path: Path, arguments: str, info: str, capsys) -> None:
    assert follow(named(repository(tmp_path / "r", arguments=arguments, info=info))) == [1, 2]
    said = capsys.readouterr()
    assert said.out == ""
    assert "making small" in said.err
    assert "initialized" in said.err


def test_what_the_repositories_own_programs_set_is_set(tmp_path: Path) -> None:
    built = "assert (params.debug, params.tracker_name, params.param_name, dataset_name) == (0, 'theirs', 'small', '')"
    assert follow(named(repository(tmp_path / "r", built=built))) == [1, 2]


def test_a_dataset_name_is_passed_on(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", built="assert dataset_name == 'lasot'")
    assert follow(named(folder, "small,dataset_name=lasot")) == [1, 2]


def test_what_else_a_class_is_made_of_is_given_in_braces_and_nothing_stands_for_it(tmp_path: Path) -> None:
    """A name of a dataset in its place would be a wrong setting that nobody sees."""
    folder = repository(tmp_path / "r", arguments="params, dataset_name, online", built="assert online is False")
    assert follow(named(folder, "small,online=false")) == [1, 2]
    with pytest.raises(InputError, match=r"Theirs is made of online too: say \{small,online=VALUE\}$"):
        named(folder)


def test_an_object_with_slots_and_a_mapping_that_is_no_dict_are_followed(tmp_path: Path) -> None:
    import_it, answer = "from types import MappingProxyType as M", "return M({'target_bbox': [*self.box]})"
    folder = repository(tmp_path / "r", track=f"self.box[0] += 1; {answer}")
    file = folder / "lib/test/tracker/theirs.py"
    file.write_text(
        import_it + file.read_text().replace("class Theirs:", "class Theirs:\n    __slots__ = 'params', 'box'")
    )
    assert follow(named(folder)) == [1, 2]


def test_the_output_of_before_is_passed_on(tmp_path: Path) -> None:
    track = "assert info['previous_output'].get('target_bbox', self.box) == self.box"
    assert follow(named(repository(tmp_path / "r", track=track))) == [1, 2]


def test_a_module_a_setting_as_pytracking_has_it(tmp_path: Path) -> None:
    write(tmp_path, {
        "pytracking/tracker/dimp/dimp.py": TRACKER.format(
            name="DiMP", arguments="params", built="assert params.kind == 'module'", info="", track="pass"
        ).replace("from lib.test.utils import TrackerParams", ""),
        "pytracking/parameter/dimp/dimp50.py":
            "class P: step, kind = 4, 'module'\ndef parameters(): return P()\n",
    })  # fmt: skip
    assert follow(resolve(f"pytracking:{tmp_path}/pytracking.tracker.dimp.dimp:DiMP{{dimp50}}")) == [4, 8]


def test_two_settings_in_one_run_do_not_share_their_config(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", built="assert ('kept' in params.cfg) == (params.step == 5), params.cfg")
    large, small = named(folder, "large"), named(folder, "small")
    assert follow(large) == [5, 10]
    assert follow(small) == [1, 2]
    assert follow(large) == [5, 10]
    assert large.identity() != small.identity()


def save(folder: Path) -> None:
    """Write a checkpoint in which an object of the repository's own is pickled, as these repositories do."""
    code = "import torch; from lib.train.stats import Meter; torch.save(Meter(), 'net.pth')"
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)


@pytest.mark.parametrize(
    "built",
    [
        "import pickle; params.step = pickle.loads(b'clib.train.stats\\nMeter\\n)R.').value",
        "import torch; params.step = torch.load(params.checkpoint, weights_only=False).value",
    ],
)
def test_what_a_checkpoint_has_pickled_is_found_in_its_own_repository(tmp_path: Path, built: str) -> None:
    specs = []
    for name, value in (("first", 3), ("second", 5)):
        folder = repository(tmp_path / name, built=built)
        write(folder, {"lib/train/stats.py": f"class Meter:\n    value = {value}\n"})
        if "torch" in built:
            save(folder)
        specs.append(named(folder))
    assert [follow(spec) for spec in specs] == [[3, 6], [5, 10]]
    assert follow(specs[0]) == [3, 6]
    assert not {"lib", "lib.train", "lib.train.stats"} & set(sys.modules)


def test_fields_go_to_the_function_or_to_what_it_makes(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", more=", model=''", set="params.model = model",
                        built="assert params.model == 'online'")  # fmt: skip
    assert follow(named(folder, "small,model=online,step=7")) == [7, 14]
    with pytest.raises(InputError, match="the parameters of small have no field 'stride'"):
        named(folder, "small,stride=7")


def test_the_function_may_be_named(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    write(folder, {"mine/settings.py": "def make():\n    class P: step = 9\n    return P()\n"})
    spec = resolve(f"pytracking:{folder}/lib.test.tracker.theirs:Theirs{{params=mine.settings:make}}")
    assert follow(spec) == [9, 18]


def test_a_class_without_parameters_takes_fields(tmp_path: Path) -> None:
    write(tmp_path, {"plain.py": TRACKER.format(
        name="Plain", arguments="step", built="", info="", track="pass"
    ).replace("from lib.test.utils import TrackerParams", "").replace("self.params = params", "self.params = self; self.step = step")})  # fmt: skip # noqa: E501
    assert follow(resolve(f"pytracking:{tmp_path}/plain:Plain{{step=3}}")) == [3, 6]


def test_the_folder_may_be_given_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = repository(tmp_path / "first"), repository(tmp_path / "second", track="self.box[0] += 1")
    monkeypatch.setenv(PATH_VARIABLE, str(first))
    spec = resolve("pytracking:lib.test.tracker.theirs:Theirs{small}")
    assert spec.name == "pytracking:first/lib.test.tracker.theirs:Theirs{small}"
    assert spec.address == f"pytracking:{first}/lib.test.tracker.theirs:Theirs{{small}}"
    assert resolve(spec.name).address == spec.address
    monkeypatch.delenv(PATH_VARIABLE)
    other = named(second)
    assert (follow(spec), follow(other), follow(resolve(spec.address))) == ([1, 2], [2, 4], [1, 2])
    assert len(expand([spec.address, other.address])) == 2


def test_the_key_covers_the_package_and_the_checkpoint_that_parameters_name(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r")
    spec = named(folder)
    assert spec.family.reach.files["params.checkpoint"] == folder / "net.pth"
    assert "lib/test/utils.py" in spec.family.reach.files
    (folder / "net.pth").write_bytes(b"2")
    assert named(folder).family.reach.digest != spec.family.reach.digest


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("lib.test.tracker.theirs", "the form is pytracking:"),
        ("lib.test.tracker.theirs:Nobody{small}", "has no class 'Nobody'"),
        ("lib.test.tracker.theirs:Theirs{tiny}", "KeyError: 'tiny'"),
        ("lib.test.tracker.theirs:Theirs{a,b}", "is not of the form"),
        ("lib.test.utils:TrackerParams{small}", "has not both initialize and track"),
        (
            "lib.test.tracker.bare:Bare{tiny}",
            "no setting tiny: neither a module lib.test.parameter.bare.tiny, nor param",
        ),
        ("nothing.tracker.theirs:Theirs{small}", "there is no module nothing in"),
    ],
)
def test_what_cannot_be_had_is_one_line(tmp_path: Path, name: str, says: str) -> None:
    folder = repository(tmp_path / "r")
    write(
        folder,
        {"lib/test/tracker/bare.py": "class Bare: initialize = track = None", "lib/test/parameter/bare/a.py": ""},
    )
    with pytest.raises(InputError, match=says) as refused:
        resolve(f"pytracking:{folder}/{name}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("returned", "says"),
    [("None", "nothing"), ("{'box': 1}", "box"), ("{'target_bbox': None}", "target_bbox, as track .* it is nothing")],
)
def test_what_is_no_answer_is_named(tmp_path: Path, returned: str, says: str) -> None:
    spec = named(repository(tmp_path / "r", track=f"return {returned}"))
    with pytest.raises(TypeError, match=says):
        follow(spec)

from __future__ import annotations

from pathlib import Path

import pytest

from benchmark.datasets.lookup import open_dataset
from benchmark.studies.planning import cast
from benchmark.studies.reading import find_study, parse_study, study_names
from trackers.errors import InputError

SMALL = """
question = "Is b better?"
base = "siamfc"
[variants]
b = "-avg"
c = "{scales=5}"
d = "memtrack"
"""


def read(text: str, **options):
    return parse_study(text, "mine", "mine.toml", **options)


def test_deltas_change_the_base_and_names_stand_for_themselves() -> None:
    study = read(SMALL)
    assert study.trackers == {"base": "siamfc", "b": "siamfc-avg", "c": "siamfc{scales=5}", "d": "memtrack"}
    assert [(one.other, one.base, one.expects) for one in study.comparisons] == [
        ("b", "base", None), ("c", "base", None), ("d", "base", None),
    ]  # fmt: skip
    assert (study.repeats, study.jitter, study.relevant, study.datasets) == (3, 0.5, 0.01, ("demo-full",))
    assert read(SMALL, base="memtrack:paper").trackers["c"] == "memtrack{scales=5}:paper"


def test_a_file_of_trackers_is_found_beside_the_study(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("")
    (tmp_path / "study.toml").write_text('question = "?"\nbase = "py:mine.py:A"\n[variants]\nb = "py:mine.py:B"\n')
    study = find_study(str(tmp_path / "study.toml"))
    assert study.trackers == {"base": f"py:{tmp_path}/mine.py:A", "b": f"py:{tmp_path}/mine.py:B"}
    assert study.name == "study"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("question", "quastion"), "it has no 'question'"),
        (('question = "Is', 'queston = 1\nquestion = "Is'), "queston is no field of a study. Did you mean 'question'"),
        (('"Is b better?"', '" "'), "question is empty"),
        (('"Is b better?"', "3"), "question is not a text"),
        (("[variants]", "repeats = 0\n[variants]"), "repeats is less than 1"),
        (("[variants]", "jitter = -1\n[variants]"), "jitter is less than 0"),
        (("[variants]", "relevant = 0\n[variants]"), "relevant is 0"),
        (("[variants]", "repeats = 1.5\n[variants]"), "repeats is not a whole number"),
        (("[variants]", "datasets = []\n[variants]"), "datasets names none"),
        (("[variants]", 'protocol = "opa"\n[variants]'), "protocol is none of ope, tre, sre"),
        (("[variants]", 'protocol = "vot-supervised"\ntelemetry = true\n[variants]'), "telemetry has a row for"),
        (("[variants]", 'learnt = ["x"]\n[variants]'), "learnt names 'x', which is no tracker of the study"),
        (("-avg", "-avg-"), "variants.b '-avg-' is no delta"),
        (("[variants]", 'profile = "got10"\n[variants]'), "profile is none of otb, got10k"),
        (("b =", "'' ="), "variants has an empty label"),
        (("b =", "base ="), "variants.base has the base's own label 'base'"),
        (("siamfc", "cv2:kcf"), "variants.b cv2:kcf has neither variants nor fields"),
        (("[variants]", "[factors.x]\none = ''\n[variants]"), "factors.x has fewer than two levels"),
        (("[variants]", '[[comparisons]]\nother = "z"\n[variants]'), "comparisons[0] names 'z'"),
        (("[variants]", '[[comparisons]]\nother = "b"\nbase = "b"\n[variants]'), "holds 'b' against itself"),
        (("[variants]", '[[comparisons]]\nother = "b"\nexpects = "better"\n[variants]'), "comparisons[0].source is m"),
        (("[variants]", '[[comparisons]]\nother = "b"\nexpects = "good"\n[variants]'), "comparisons[0].expects is not"),
        (("[variants]", '[[comparisons]]\nothe = "b"\n[variants]'), "comparisons[0] has no 'other'"),
        (("[variants]", '[[comparisons]]\nother = "b"\n[[comparisons]]\nother = "b"\n[variants]'), "a second time"),
        (('b = "-avg"\nc = "{scales=5}"\nd = "memtrack"\n', ""), "there is nothing to compare: add"),
        (("[variants]", "[variants"), "Expected"),
        (('"siamfc"', '""'), "base is empty"),
        (("[variants]", 'label = " "\n[variants]'), "label is empty"),
        (("[variants]", '[factors.x]\n"" = ""\none = "-avg"\n[variants]'), "factors.x has an empty label"),
        (("b =", '"b\\u001b[31m" ='), r"variants has what cannot be shown: b\x1b[31m"),
        (("Is b", "Is \\u202eb"), r"question has what cannot be shown: Is \u202eb"),
        (("[variants]", 'datasets = ["dem"]\n[variants]'), "datasets unknown dataset 'dem'"),
        (("[variants]", 'datasets = ["otb100", "OTB-100"]\n[variants]'), "datasets names OTB100 twice"),
        (("[variants]", "comparisons = []\n[variants]"), "comparisons names none"),
        (("[variants]", "repeats = 1000000\n[variants]"), "repeats is more than 1000"),
        (("[variants]", "jitter = 1e9\n[variants]"), "jitter is more than 100"),
        (("[variants]", "relevant = 2\n[variants]"), "relevant is more than 0.999"),
        (("[variants]", 'learnt = ["base"]\n[variants]'), "learnt names the base 'base'"),
        (("[variants]", 'label = "f x"\n[factors.f]\nx = ""\ny = "-s5"\n[variants]'), "factors has a combination"),
        (("[variants]", "".join(f"[factors.f{k}]\n" + "".join(f"l{n} = ''\n" for n in range(10)) for k in range(8))
          + "[variants]"), "factors have 100,000,000 combinations, more than 1,000"),
        (("[variants]", '[[comparisons]]\nother = "b"\n[[comparisons]]\nother = "base"\nbase = "b"\n[variants]'),
         "comparisons[1] compares 'base' with 'b' a second time"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line_with_file_and_key(change: tuple[str, str], says: str) -> None:
    with pytest.raises(InputError) as told:
        read(SMALL.replace(*change))
    line = str(told.value)
    assert line.startswith("mine.toml: ")
    assert says in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"siamfc"', '"siamfcc"'), "base: no tracker named 'siamfcc'. Did you mean 'siamfc'?"),
        (("-avg", "-agv"), "variants.b: siamfc has no variant 'agv'"),
        (("scales=5", "scale=5"), "variants.c: siamfc has no field 'scale'"),
        (('"memtrack"', '"memtrak"'), "variants.d: no tracker named 'memtrak'"),
        (("[variants]", '[factors.f]\nx = ""\ny = "-nope"\n[variants]'), "factors: siamfc has no variant 'nope'"),
        (("[variants]", '[factors.f]\nx = ""\ny = "{scales=3}"\n[variants]'), "factors: 'f y' is the same tracker as"),
        (("[variants]", '[factors.f]\nx = ""\ny = "{scales=5}"\n[factors.g]\nx = ""\ny = "-s1"\n[variants]'),
         "factors: 'f y, g y' is the same tracker as 'f y, g x': one level undoes another"),
    ],
)  # fmt: skip
def test_a_name_that_means_no_tracker_is_one_line_with_file_and_key(change: tuple[str, str], says: str) -> None:
    with pytest.raises(InputError) as told:
        cast(read(SMALL.replace(*change)))
    assert str(told.value).startswith(f"mine.toml: {says}")
    assert "\n" not in str(told.value)


def test_another_base_that_is_none_is_no_fault_of_the_file() -> None:
    with pytest.raises(InputError, match=r"^no tracker named 'siamfcc'"):
        cast(read(SMALL, base="siamfcc"))


def test_long_texts_may_go_over_several_lines() -> None:
    study = read(
        SMALL.replace('"Is b better?"', '"""\nIs b\n  better?\n"""').replace(
            "[variants]", 'about = """a\nb"""\n[variants]'
        )
    )
    assert (study.question, study.about) == ("Is b better?", "a b")


def test_runs_with_restarts_keep_no_telemetry() -> None:
    assert read(SMALL).telemetry
    assert not read(SMALL.replace("[variants]", 'protocol = "vot-supervised"\n[variants]')).telemetry


def test_an_unknown_study_names_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'dualmn-branches'"):
        find_study("dualmn-branch")


def test_two_factors_have_their_main_effects_and_their_interaction() -> None:
    study = read(
        'question = "?"\nbase = "dualmn"\n[factors.gate]\non = ""\noff = "-ungated"\n'
        '[factors.memory]\nfour = ""\none = "-n1"\ntwo = "-n2"\n'
    )
    assert list(study.trackers) == [
        "base", "gate on, memory four", "gate on, memory one", "gate on, memory two",
        "gate off, memory four", "gate off, memory one", "gate off, memory two",
    ]  # fmt: skip
    assert study.trackers["gate off, memory two"] == "dualmn-ungated-n2"
    effects = {one.title: one.weights for one in study.contrasts}
    assert list(effects) == [
        "gate off against on", "memory one against four", "memory two against four",
        "gate off × memory one", "gate off × memory two",
    ]  # fmt: skip
    # Scores that are a sum of effects and one interaction: each contrast finds its own.
    gain = {"on": 0.0, "off": -0.1, "four": 0.0, "one": -0.2, "two": -0.05}
    scores = {}
    for label in list(study.trackers)[1:]:
        gate, memory = (part.split()[1] for part in label.split(", "))
        scores[label] = 0.7 + gain[gate] + gain[memory] + 0.03 * (gate == "off" and memory == "one")
    found = {title: sum(w * scores[label] for label, w in weights.items()) for title, weights in effects.items()}
    assert found == pytest.approx(
        {"gate off against on": -0.09, "memory one against four": -0.185, "memory two against four": -0.05,
         "gate off × memory one": 0.03, "gate off × memory two": 0.0}
    )  # fmt: skip


@pytest.mark.parametrize("name", study_names())
def test_every_study_that_ships_can_be_cast(name: str) -> None:
    study = find_study(name)
    actors = cast(study)
    assert set(actors.by_label) == set(study.trackers)
    assert len({spec.name for spec in actors.specs}) == len(actors.specs) >= 3
    assert study.profile is None  # each dataset's own
    for dataset in study.datasets:
        open_dataset(dataset)
    assert study.question.endswith("?")


def test_every_memory_stands_beside_a_siamfc_of_its_own_time() -> None:
    study = find_study("memory-against-compute")
    assert all(one.same_time for one in study.comparisons)
    beside = {one.other: study.trackers[one.base] for one in study.comparisons}
    assert set(beside) == {"memtrack", "dualmn-short", "dualmn-long", "dualmn", "siamfc"}
    assert all(name.startswith("siamfc") for name in beside.values())

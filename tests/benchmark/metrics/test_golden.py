"""Published trackers' own boxes give the published numbers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from benchmark.metrics import frames_per_second, score_sequences, summarise
from benchmark.profiles import load_profile

EXPECTED = {
    "SiamFC-3s": (0.5821, 0.7705), "CFNet-conv1": (0.5361, 0.7132), "CFNet-conv2": (0.5676, 0.7476),
    "CFNet-conv5": (0.5862, 0.7771), "SRDCF": (0.5976, 0.7881), "Staple": (0.5813, 0.7840), "KCF": (0.4771, 0.6957),
    "MDNet": (0.6776, 0.9094), "DSST": (0.5128, 0.6797), "Struck": (0.4294, 0.5837),
}  # fmt: skip


@pytest.mark.parametrize("tracker", EXPECTED)
def test_ten_trackers(golden: Any, tracker: str) -> None:
    profile = load_profile("otb")
    overall = summarise(score_sequences(golden.trackers[tracker], golden.annotations, profile), profile).overall
    assert len(overall.sequences) == 100
    assert (overall.auc, overall.precision) == pytest.approx(EXPECTED[tracker], abs=0.0005)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("tracker", ["SRDCF", "KCF", "CFNet-conv2"])  # whole, half and decimal numbers
def test_real_boxes_equal_the_got10k_packages_own_code(golden: Any, tracker: str) -> None:
    from got10k.experiments import ExperimentOTB

    experiment = ExperimentOTB.__new__(ExperimentOTB)  # its __init__ would download OTB
    experiment.nbins_iou, experiment.nbins_ce = 21, 51
    table = score_sequences(golden.trackers[tracker], golden.annotations, load_profile("got10k"))
    for name, boxes in golden.trackers[tracker].items():
        origin = np.array([1.0, 1.0, 0.0, 0.0])
        truth = golden.annotations[name].boxes[-len(boxes) :] + origin
        rows = boxes + origin
        rows[0] = truth[0]
        success, precision = experiment._calc_curves(*experiment._calc_metrics(rows, truth))
        assert np.abs(table[name].success_curve - success).max() < 1e-9
        assert np.abs(table[name].precision_curve - precision).max() < 1e-9


def test_got10k_results_equal_got10ks_own_report(golden: Any) -> None:
    profile = load_profile("got10k")
    folder = golden.folder / "dialects" / "got10k"
    report = json.loads((folder / "performance.json").read_text())["SiamFC"]
    names = {name: name.replace(".", "-") for name in report["seq_wise"]}
    boxes = {
        ours: np.loadtxt(folder / "OTB2015" / "SiamFC" / f"{theirs}.txt", delimiter=",") - [1, 1, 0, 0]
        for theirs, ours in names.items()
    }
    table = score_sequences(boxes, golden.annotations, profile)
    overall = summarise(table, profile).overall
    assert (overall.auc, overall.precision) == pytest.approx((0.593237, 0.799924), abs=1e-6)
    assert overall.auc == pytest.approx(report["overall"]["success_score"], abs=1e-9)
    for theirs, ours in names.items():
        assert np.abs(table[ours].success_curve - report["seq_wise"][theirs]["success_curve"]).max() < 1e-9
        assert np.abs(table[ours].precision_curve - report["seq_wise"][theirs]["precision_curve"]).max() < 1e-9
    times = {
        name: np.loadtxt(folder / "OTB2015" / "SiamFC" / "times" / f"{name}_time.txt") for name in report["seq_wise"]
    }
    assert frames_per_second(times, profile) == pytest.approx(report["overall"]["speed_fps"], abs=1e-9)

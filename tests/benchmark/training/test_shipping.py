from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from benchmark.training.shipping import ship, tensors_digest


def test_numbers_are_halved_counts_are_kept_and_the_digest_is_the_files(tmp_path: Path) -> None:
    source, target = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    save_file({"weight": torch.tensor([1.5, -0.25]), "norm.num_batches_tracked": torch.tensor(70_000)}, source)
    digest = ship(source, target)
    assert digest == hashlib.sha256(target.read_bytes()).hexdigest()
    written = load_file(target)
    assert written["weight"].dtype == torch.float16
    assert written["weight"].tolist() == [1.5, -0.25]
    assert int(written["norm.num_batches_tracked"]) == 70_000


def test_what_half_precision_cannot_hold_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "a.safetensors"
    save_file({"weight": torch.tensor([1e6])}, source)
    with pytest.raises(OverflowError, match="weight"):
        ship(source, tmp_path / "b.safetensors")


def test_of_two_files_each_gives_its_branch_and_nothing_is_rounded_where_that_is_asked(tmp_path: Path) -> None:
    names = ("long.a", "short.b")
    for number, file in enumerate(("first", "second")):
        save_file({name: torch.tensor([number + 0.1]) for name in names}, tmp_path / file)
    ship(tmp_path / "first", tmp_path / "both", tmp_path / "second", whole=True)
    written = load_file(tmp_path / "both")
    assert {name: value.item() for name, value in written.items()} == {
        "long.a": torch.tensor(0.1).item(), "short.b": torch.tensor(1.1).item()
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tensors", "same"),
    [
        ({"b": torch.tensor([2.0]), "a": torch.tensor([1.0])}, True),
        ({"a": torch.tensor([1.0]), "b": torch.tensor([2.5])}, False),
        ({"a": torch.tensor([1.0]), "c": torch.tensor([2.0])}, False),
        ({"a": torch.tensor([1.0]), "b": torch.tensor(2.0)}, False),
        ({"a": torch.tensor([1.0]), "b": torch.tensor([2.0], dtype=torch.float16)}, False),
    ],
)
def test_a_digest_of_tensors_is_of_names_kinds_shapes_and_values(
    tmp_path: Path, tensors: dict[str, torch.Tensor], same: bool
) -> None:
    save_file({"a": torch.tensor([1.0]), "b": torch.tensor([2.0])}, tmp_path / "one.safetensors")
    save_file(tensors, tmp_path / "two.safetensors", {"written": "elsewhere"})
    assert (tensors_digest(tmp_path / "one.safetensors") == tensors_digest(tmp_path / "two.safetensors")) is same

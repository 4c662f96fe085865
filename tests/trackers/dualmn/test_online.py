"""The online optimiser: its loss, its gradient, its exact step, and a plain loop-written version of it."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from trackers.dualmn.online import LabelShapes, OnlineOptimiser, Samples, activation, activation_slope


def optimiser(regulariser: float = 0.1, step: float = 1.0, quadratic: bool = False) -> OnlineOptimiser:
    shapes = LabelShapes(bins=20, spacing=0.5, sigma=1.0, target_radius=2.0).double()
    if quadratic:
        shapes.mask.data.fill_(100.0)  # the mask is 1 everywhere: the activation is the identity
    return OnlineOptimiser(shapes, regulariser, step).double()


def problem(lanes: int = 2, samples: int = 3, seed: int = 0, size: int = 3) -> tuple[Tensor, Samples]:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(lanes, samples, 4, 5, 5, dtype=torch.double, generator=generator) / 6
    weights = torch.rand(lanes, samples, dtype=torch.double, generator=generator)
    centres = torch.rand(lanes, samples, 2, dtype=torch.double, generator=generator) * 2 - 1
    filters = torch.randn(lanes, 4, size, size, dtype=torch.double, generator=generator) / 3
    return filters, Samples(features, centres, weights / weights.sum(1, keepdim=True))


def plain_loss(model: OnlineOptimiser, filters: Tensor, samples: Samples, lane: int) -> Tensor:
    """sum_j gamma_j |v_j (act(x_j * f) - y_j)|^2 + lambda^2 |f|^2, sample by sample and cell by cell."""
    size = filters.shape[-1]
    total = model.regulariser.clamp_min(1e-3) ** 2 * (filters**2).sum()
    for index in range(samples.features.shape[1]):
        padding = size // 2
        scores = F.conv2d(samples.features[lane, index][None], filters[None], padding=padding)[0, 0]
        rows, columns = scores.shape
        x, y = samples.centres[lane, index]
        for row in range(rows):
            for column in range(columns):
                place = math.hypot(column - (columns - 1) / 2 - x, row - (rows - 1) / 2 - y) / model.shapes.spacing
                low = min(int(place), len(model.shapes.label) - 2)
                share = min(place - low, 1.0)
                label, mask, weight = (
                    knots[low] * (1 - share) + knots[low + 1] * share
                    for knots in (model.shapes.label, model.shapes.mask, model.shapes.weight)
                )
                score = scores[row, column]
                target = torch.sigmoid(mask)
                acted = score if score > 0 else target * score
                total = total + samples.weights[lane, index] * (weight * (acted - label)) ** 2
    return total


def test_labels_and_masks_have_dimps_first_values() -> None:
    shapes = LabelShapes(bins=41, spacing=0.1, sigma=0.9, target_radius=2.0)
    label, mask, weight = shapes(torch.zeros(1, 1, 2), 9, 9)
    assert label[0, 0, 4].tolist() == pytest.approx(
        [math.exp(-(d**2) / (2 * 0.9**2)) for d in (4, 3, 2, 1, 0, 1, 2, 3, 4)], abs=1e-6
    )
    # DiMP: sigmoid(3 tanh(2 - d)), d in cells, for a target whose half side is 1.8 cells: 1/2 at 2 cells.
    expected = [1 / (1 + math.exp(-3 * math.tanh(2 - d))) for d in (4, 3, 2, 1, 0, 1, 2, 3, 4)]
    assert mask[0, 0, 4].tolist() == pytest.approx(expected, abs=1e-6)
    assert (weight == 1).all()


def test_labels_follow_the_target_and_stay_constant_beyond_the_last_knot() -> None:
    shapes = LabelShapes(bins=3, spacing=1.0, sigma=1.0, target_radius=2.0)
    label, _, _ = shapes(torch.tensor([[[1.0, -1.0]]]), 5, 5)
    assert label[0, 0, 1, 3] == 1
    assert label[0, 0, 1, 2].item() == pytest.approx(math.exp(-0.5))
    assert label[0, 0, 4, 0].item() == pytest.approx(math.exp(-2))  # more than two cells away both ways


def test_the_activation_punishes_only_positive_responses_of_the_surroundings() -> None:
    scores = torch.tensor([2.0, -2.0, 0.0])
    assert activation(scores, torch.ones(3)).tolist() == [2, -2, 0]
    assert activation(scores, torch.zeros(3)).tolist() == [2, 0, 0]
    assert activation(scores, torch.full((3,), 0.25)).tolist() == [2, -0.5, 0]
    assert activation_slope(scores, torch.full((3,), 0.25)).tolist() == [1, 0.25, 0.625]


def test_one_step_goes_along_half_the_gradient_by_the_gauss_newton_length() -> None:
    model = optimiser()
    filters, samples = problem(lanes=1)
    start = filters.clone().requires_grad_(True)
    loss = plain_loss(model, start[0], samples, 0)
    (gradient,) = torch.autograd.grad(loss, start)
    learnt = model(filters, [samples], 1)
    assert learnt.losses[0, 0].item() == pytest.approx(loss.item(), rel=1e-12)
    # The factor 2: what is taken off is alpha times *half* the gradient of the loss.
    torch.testing.assert_close(filters - learnt.filters, learnt.lengths[0, 0] * gradient / 2)


def test_on_a_quadratic_the_step_is_the_exact_minimiser_along_its_direction() -> None:
    model = optimiser(quadratic=True)
    filters, samples = problem(lanes=1, seed=3)
    learnt = model(filters, [samples], 1)
    direction = filters - learnt.filters

    def at(factor: float) -> float:
        return plain_loss(model, (filters - factor * direction)[0], samples, 0).item()

    best = at(1.0)
    assert best < at(0.0)
    for factor in (0.9, 0.99, 1.01, 1.1):
        assert best < at(factor)
    # The derivative along the direction is 0 where the step ends.
    end = learnt.filters.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(plain_loss(model, end[0], samples, 0), end)
    assert (gradient * direction).sum().abs() < 1e-10


def test_the_loss_falls_with_every_step_and_reaches_the_ridge_solution() -> None:
    model = optimiser(regulariser=0.3, quadratic=True)
    filters, samples = problem(lanes=1, samples=4, seed=5)
    learnt = model(filters, [samples], 300)
    losses = learnt.losses[0]
    assert (losses[1:] <= losses[:-1] + 1e-12).all()
    end = learnt.filters.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(plain_loss(model, end[0], samples, 0), end)
    assert gradient.abs().max() < 1e-4 * losses[-1]


def test_the_loss_falls_with_the_hinge_too() -> None:
    model = optimiser()
    filters, samples = problem(seed=6)
    losses = model(filters, [samples], 12).losses
    assert (losses[:, 1:] < losses[:, :-1]).all()


def loop_optimiser(model: OnlineOptimiser, filters: Tensor, samples: Samples, steps: int) -> Tensor:
    """The whole optimiser again, lane by lane, with autograd's Jacobian."""
    results = []
    for lane, start in enumerate(filters):
        current = start.clone()
        for _ in range(steps):

            def residuals(flat: Tensor, lane: int = lane, shape: torch.Size = start.shape) -> Tensor:
                pieces = []
                candidate = flat.reshape(shape)
                for index in range(samples.features.shape[1]):
                    scores = F.conv2d(
                        samples.features[lane, index][None], candidate[None], padding=candidate.shape[-1] // 2
                    )[0, 0]
                    centre = samples.centres[lane, index][None, None]
                    label, mask, weight = (
                        values[0, 0] for values in model.shapes(centre, scores.shape[0], scores.shape[1])
                    )
                    root = samples.weights[lane, index].sqrt()
                    acted = torch.where(scores > 0, scores, mask * scores)
                    pieces.append((root * weight * (acted - label)).flatten())
                return torch.cat(pieces)

            flat = current.flatten()
            jacobian = torch.autograd.functional.jacobian(residuals, flat)  # type: ignore[no-untyped-call]
            ridge = model.regulariser.detach() ** 2
            gradient = jacobian.T @ residuals(flat) + ridge * flat
            squared = (gradient**2).sum()
            length = squared / ((jacobian @ gradient) ** 2).sum().add(ridge * squared).clamp_min(1e-8)
            current = (flat - model.log_step.exp().detach() * length * gradient).reshape(start.shape)
        results.append(current)
    return torch.stack(results).detach()


@pytest.mark.parametrize("size", [3, 4])
def test_batched_and_masked_it_equals_the_loop_written_reference(size: int) -> None:
    model = optimiser(step=0.9)
    filters, samples = problem(lanes=3, samples=5, seed=7, size=size)
    # The second lane has two empty places, filled with anything finite; the third holds one sample.
    weights = samples.weights.clone()
    weights[1, 3:] = 0
    weights[2, 1:] = 0
    weights = weights / weights.sum(1, keepdim=True)
    features = samples.features.clone()
    features[1, 3:] = 1e3
    padded = Samples(features, samples.centres, weights)
    expected = [
        loop_optimiser(
            model,
            filters[lane : lane + 1],
            Samples(
                padded.features[lane : lane + 1, :used],
                padded.centres[lane : lane + 1, :used],
                weights[lane : lane + 1, :used],
            ),
            6,
        )
        for lane, used in enumerate((5, 3, 1))
    ]
    groups = [
        Samples(padded.features[:, :2], padded.centres[:, :2], weights[:, :2]),
        Samples(padded.features[:, 2:], padded.centres[:, 2:], weights[:, 2:]),
    ]
    torch.testing.assert_close(model(filters, groups, 6).filters, torch.cat(expected), rtol=1e-5, atol=1e-5)
    single = OnlineOptimiser(LabelShapes(20, 0.5, 1.0, 2.0), 0.1, 0.9)
    in_floats = [Samples(g.features.float(), g.centres.float(), g.weights.float()) for g in groups]
    learnt = single(filters.float(), in_floats, 6).filters
    torch.testing.assert_close(learnt, torch.cat(expected).float(), rtol=1e-4, atol=1e-5)


def test_the_optimisers_own_parameters_are_learnt_through_its_steps() -> None:
    model = optimiser()
    filters, samples = problem()
    learnt = model(filters, [samples], 3, keep_path=True)
    assert len(learnt.path) == 3
    torch.testing.assert_close(learnt.path[-1], learnt.filters)
    (learnt.filters**2).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name

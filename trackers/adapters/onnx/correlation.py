"""A correlation filter in closed form on a network's features (Wang et al., DCFNet, 2017, sections 3 and 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackers.adapters.onnx.crops import Vector, stretched
from trackers.adapters.onnx.description import Description, Filter
from trackers.adapters.onnx.networks import Network, maps
from trackers.adapters.onnx.pair import Numbers
from trackers.api import Frame

Spectrum = NDArray[np.complex64]


@dataclass(frozen=True)
class Filtered:
    """One target as it was last seen."""

    centre: Vector
    size: Vector
    first_size: Vector
    features: Spectrum
    """(C, n, n/2+1), spectra of the features, averaged over frames."""
    weights: Spectrum
    """(n, n/2+1), the dual filter."""


class CorrelationFilter:
    """Follows by the peak of the filter's response at a few scales."""

    def __init__(self, description: Description, networks: dict[str, Network]) -> None:
        """Take a description whose `decode` is `Filter`; InputError where the network has no such output."""
        assert isinstance(description.decode, Filter)
        self.decode, self.size, self.given = description.decode, description.search.size, description.input
        self._network = networks["search"]
        self._network.check("output", self.decode.features)
        steps = np.arange(self.decode.scales) - (self.decode.scales - 1) / 2
        self._factors, self._penalties = self.decode.scale_step**steps, self.decode.scale_penalty ** np.abs(steps)
        self._wished: dict[int, Any] = {}

    def start(self, frame: Frame, box: Numbers) -> Filtered:
        """Return the target that a box (4,) in the first frame shows."""
        size, centre = np.maximum(box[2:], 1.0), box[:2] + box[2:] / 2
        return Filtered(centre, size, size, *self._learn(frame, centre, size))

    def step(self, frame: Frame, target: Filtered) -> tuple[Numbers, float, Filtered]:
        """Return the box (4,) in the next frame, the peak's height, and the target as it is now seen."""
        decode = self.decode
        cells = self._cells(target.features)
        responses = []
        for factor in self._factors:
            spectrum = self._see(frame, target.centre, target.size * factor)
            kernel = (spectrum * target.features.conj()).sum(0) / self._count(target.features)
            responses.append(np.fft.irfft2(kernel * target.weights, s=(cells, cells)))
        peaks = np.array([response.max() for response in responses]) * self._penalties
        if not np.isfinite(peaks).all():
            raise ValueError(f"output {decode.features!r} has values that are no numbers")
        best = int(np.argmax(peaks))
        row, column = np.unravel_index(int(np.argmax(responses[best])), (cells, cells))
        shift = np.array([_wrapped(int(column), cells), _wrapped(int(row), cells)])
        extent = target.size * self._factors[best] * (1 + decode.padding)
        centre = np.clip(target.centre + shift * extent / cells, 0, frame.shape[1::-1])
        smallest = np.maximum(decode.smallest * target.first_size, 4)
        largest = np.minimum(decode.largest * target.first_size, frame.shape[1::-1])
        size = np.clip(target.size * self._factors[best], smallest, np.maximum(largest, smallest))
        features, weights = self._learn(frame, centre, size)
        features = _blend(target.features, features, decode.rate)
        weights = _blend(target.weights, weights, decode.rate)
        score = float(np.clip(responses[best].max(), 0, 1))
        box = np.concatenate([centre - size / 2, size])
        return box, score, Filtered(centre, size, target.first_size, features, weights)

    def _learn(self, frame: Frame, centre: Vector, size: Vector) -> tuple[Spectrum, Spectrum]:
        """Return the spectra of the features there, and the filter that would give the wished-for peak on them."""
        spectrum = self._see(frame, centre, size)
        power = (np.abs(spectrum) ** 2).sum(0) / self._count(spectrum)
        weights = self._wish(self._cells(spectrum)) / (power + self.decode.regularisation)
        return spectrum, weights.astype(np.complex64)

    def _see(self, frame: Frame, centre: Vector, size: Vector) -> Spectrum:
        crop = stretched(frame, centre, size * (1 + self.decode.padding), self.size, self.given)
        features = maps(self._network({self._network.inputs[0]: crop}), self.decode.features)[0]
        hann = np.hanning(features.shape[-1])
        return np.fft.rfft2(features * np.outer(hann, hann).astype(np.float32)).astype(np.complex64)

    def _wish(self, cells: int) -> Spectrum:
        """Return the spectrum of a Gaussian peak at the first cell."""
        if cells not in self._wished:
            along = _wrapped(np.arange(cells), cells)
            sigma = self.decode.sigma * cells / (1 + self.decode.padding)
            peak = np.exp(-0.5 * (along[:, None] ** 2 + along[None] ** 2) / sigma**2)
            self._wished[cells] = np.fft.rfft2(peak).astype(np.complex64)
        return self._wished[cells]  # type: ignore[no-any-return]

    @staticmethod
    def _cells(spectrum: Spectrum) -> int:
        return int(spectrum.shape[-2])

    @staticmethod
    def _count(spectrum: Spectrum) -> int:
        channels, cells, _ = spectrum.shape
        return int(channels * cells * cells)


def _wrapped(index: Any, cells: int) -> Any:
    """Return a cell's distance from the first one, the last being its neighbour."""
    return (index + cells // 2) % cells - cells // 2


def _blend(old: Spectrum, new: Spectrum, rate: float) -> Spectrum:
    return ((1 - rate) * old + rate * new).astype(np.complex64)

"""Frames of one sequence for several readers: each decoded once, in order, within a bound of memory."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmark.datasets.images import FrameError
from benchmark.engine import prefetch
from benchmark.engine.prefetch import DEPTH, Decoder

SIZE = 8 * 8 * 3
"""Bytes of a frame."""


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Frames that are as bright as their number says; the sixth cannot be read."""
    folder = tmp_path_factory.mktemp("frames")
    files = [folder / f"{number}.png" for number in range(12)]
    for number, file in enumerate(files):
        cv2.imwrite(str(file), np.full((8, 8, 3), number, np.uint8))
    files[5].write_bytes(b"no picture")
    return files


@given(
    readers=st.integers(1, 5),
    turns=st.lists(st.integers(0, 4), max_size=80),
    ends=st.dictionaries(st.integers(0, 4), st.integers(0, 12), max_size=4),
    budget=st.sampled_from([0, SIZE, 5 * SIZE, 100 * SIZE]),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_every_reader_sees_each_frame_once_whatever_the_others_do(paths, readers, turns, ends, budget) -> None:
    """Readers take turns as `turns` say; some close their stream early."""
    decoded: Counter[Path] = Counter()
    plain = prefetch._fetch

    def fetch(path: Path):
        decoded[path] += 1
        return plain(path)

    with pytest.MonkeyPatch.context() as patch, Decoder(2, budget) as decoder:
        patch.setattr(prefetch, "_fetch", fetch)
        streams = decoder.open(paths, readers)
        # One round after the other, as lanes do; and before it, whoever has an extra turn.
        for one in [*(turn for turn in turns if turn < readers), *list(range(readers)) * len(paths)]:
            stream, number = streams[one], streams[one].index
            if ends.get(one) == number:
                stream.close()
            if stream.closed or number == len(paths):
                continue
            if number == 5:
                with pytest.raises(FrameError):
                    stream.next()
            else:
                assert (stream.next() == number).all()
            last = min(each.index for each in streams if not each.closed)
            apart = max(each.index for each in streams) - last
            assert decoder.held <= max(budget, apart * SIZE), "what is read ahead is within the budget"
            assert decoder.held <= (apart + DEPTH) * SIZE
        assert [stream.index for stream in streams] == [min(ends.get(i, 12), 12) for i in range(readers)]
        for stream in streams:
            stream.close()
        assert decoder.held == 0
    assert max(decoded.values()) == 1
    longest = max(streams, key=lambda stream: stream.index)
    assert all(stream.seen == longest.seen[: stream.index] for stream in streams)


def test_nothing_is_read_ahead_beyond_the_budget_of_all_sequences(paths) -> None:
    with Decoder(1, budget=6 * SIZE) as decoder:
        sequences = [decoder.open(paths)[0] for _ in range(4)]
        for stream in sequences:
            stream.next()
        for _ in range(4):
            for stream in sequences:
                stream.next()
                assert decoder.held <= 6 * SIZE + SIZE, "but for the one that somebody wants"


def test_at_most_depth_frames_wait_for_the_first_reader(paths) -> None:
    with Decoder(1) as decoder:
        (stream,) = decoder.open(paths)
        stream.next()
        assert decoder.held == DEPTH * SIZE
        stream.close()
        assert decoder.held == 0

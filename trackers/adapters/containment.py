"""Third-party code behind one guard: what it raises is its own failure, what it changes in the process is put back.

`World` guards calls; `loading` an import or a build; `Contained` a tracker from its start to its last step. What cannot
be contained within one process (``os._exit``, a crash in C, threads that go on) stands in docs/plug-ins.md.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import InitVar, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

import numpy as np

from trackers.adapters.answers import checked
from trackers.adapters.apart.child import TrackerFailure
from trackers.adapters.apart.lanes import ProcessLanes
from trackers.adapters.chance import Chance
from trackers.adapters.noticing import Noticed, resident
from trackers.adapters.process import FOLDER, HANDLERS, UNREADABLE, facets, look, put
from trackers.adapters.streams import Streams
from trackers.adapters.wrapped import Wrapped
from trackers.api import Boxes, Frame, Step, Tracker
from trackers.code.installed import in_python
from trackers.errors import InputError, describe


class Ended(Exception):
    """Third-party code asked for the end of the program, or raised what no handler of errors expects."""


class World:
    """The process as one third party sees it.

    Within the context it finds what it left there the last time (its folder, its default dtype, its paths); outside
    of it all is as it was before. What it prints goes to the error stream. Contexts of one world, and of several, may
    be nested; they must not run side by side in two threads.
    """

    def __init__(self, name: str, folder: Path | None = None) -> None:
        """Take the only word of its command line, and its working directory; None for that of the program."""
        self._argv = [name]
        self._own: dict[int, Any] = {} if folder is None else {FOLDER: str(folder)}
        self.opening: Callable[[], AbstractContextManager[None]] = nullcontext
        """Makes a context in which what it unpickles finds its modules: for when it is built or started."""
        self.changed: set[str] = set()
        """What it has changed in the process so far, in words; all of it was put back."""
        self._stack: list[tuple[int, list[Any], dict[int, Any], list[str]]] = []
        self._streams = Streams(self.changed)

    def __enter__(self) -> Self:
        ours = [look(facet) for facet in facets()]
        self._stack.append((os.getpid(), ours, self._own, sys.argv))
        for index, value in self._own.items():
            put(facets()[index], value)
        self._streams.put()
        sys.argv = self._argv
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process, ours, given, argv = self._stack.pop()
        if os.getpid() != process:
            _end_child(error)
        _let_go(error)
        self._streams.take_away()
        self._argv, sys.argv = sys.argv, argv
        own = {}
        for index, (facet, before) in enumerate(zip(facets(), ours, strict=True)):
            now = look(facet)
            if now != given.get(index, before):
                self.changed.add(facet.name)
            if now != before:
                if facet.lent and now is not UNREADABLE:
                    own[index] = now
                put(facet, before)
        self._own = own
        if error is not None and not isinstance(error, Exception) and not self._by_user(error):
            raise Ended(_said(error)) from error

    def _by_user(self, error: BaseException) -> bool:
        """Return whether this is Ctrl-C: it reaches the main thread alone, as what the handler of the signal raises."""
        if not isinstance(error, KeyboardInterrupt) or threading.current_thread() is not threading.main_thread():
            return False
        plain = signal.getsignal(signal.SIGINT) is signal.default_int_handler or HANDLERS in self.changed
        return plain or type(error) is not KeyboardInterrupt  # this command's own handler raises what is its own


def _let_go(error: BaseException | None) -> None:
    """Drop what the frames of an error hold: third-party objects among it have an end of their own, `__del__`."""
    known: set[int] = set()
    while error is not None and id(error) not in known:
        known.add(id(error))
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _end_child(error: BaseException | None) -> NoReturn:
    """End a process that third-party code has forked, and that comes back from it: all that follows is ours alone."""
    code = (error.code or 0) if isinstance(error, SystemExit) else int(error is not None)
    os._exit(code & 0xFF if isinstance(code, int) else 1)


def _said(error: BaseException) -> str:
    """Return in words what was raised that is no `Exception`."""
    if isinstance(error, SystemExit):
        return f"it called sys.exit({'' if error.code is None else repr(error.code)})"
    return f"it raised {describe(error)}"


@contextmanager
def loading(what: str, world: World, chance: Chance | None = None, doing: str = "cannot be loaded") -> Iterator[None]:
    """Guard an import or a build; InputError, one line with `what` and where it happened, whatever is raised."""
    try:
        with _plots_as_before(), world, chance or Chance(), world.opening():
            yield
    except InputError:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        cause = error.__cause__ if isinstance(error, Ended) and error.__cause__ else error
        whole = not isinstance(error, TrackerFailure)  # below whose first line are details
        says = str(error) if isinstance(error, Ended) else describe(error, whole).removeprefix("TrackerFailure: ")
        if (hidden := cause.__context__) is not None and not cause.__suppress_context__:
            says += f" (after {describe(hidden)})"  # as of a bare except, which says that it was something else
        raise InputError(f"{what} {doing}: {says}{_place(cause)}") from error


@contextmanager
def _plots_as_before() -> Iterator[None]:
    """Put back how matplotlib draws, which takes too long to be looked at every frame."""
    loaded: Any = sys.modules.get("matplotlib")
    try:
        with loaded.rc_context() if loaded else nullcontext():
            yield
    finally:
        if not loaded and (now := sys.modules.get("matplotlib")):
            now.rc_file_defaults()


def world_of(loaded: Any, world: World) -> World:
    """Return the world in which a class or module was first loaded, which is `world` where that was now."""
    known: World | None = vars(loaded).get("__engram_world__")
    if known is None:
        with suppress(AttributeError, TypeError):  # a class written in C takes no attributes
            loaded.__engram_world__ = world
    return known or world


def _place(error: BaseException) -> str:
    """Return where an error comes from, " (FILE, line N)"; "" where nobody knows."""
    if isinstance(error, SyntaxError):
        return f" ({error.filename}, line {error.lineno})" if error.filename else ""
    # What stands above: the adapters, the machinery of imports, and what of Python's own calls back.
    ours = str(Path(__file__).parent.parent), "<"
    frames = traceback.extract_tb(error.__traceback__)
    steps = [one for one in frames if not one.filename.startswith(ours) and not in_python(Path(one.filename))]
    if not steps:
        return ""
    home = Path(steps[0].filename).parent  # its own code, and not torch, which it called
    place = [step for step in steps if Path(step.filename).is_relative_to(home)][-1]
    return f" ({place.filename}, line {place.lineno})"


@dataclass
class Held:
    """A third party's state, which is let go in its world, whoever drops it: what it holds may have a `__del__`."""

    state: Any
    world: InitVar[World]

    def __post_init__(self, world: World) -> None:
        self._world = world

    def __del__(self) -> None:
        if not sys.is_finalizing():
            with self._world:
                self.state = None


class Contained(Wrapped):
    """A third party's tracker in its world, with random numbers of its own.

    Frames and boxes that it gets are copies, and what it returns is checked and copied: it may draw on the one and
    use the other again.
    """

    def __init__(self, tracker: Tracker[Any], world: World, chance: Chance, what: str = "the tracker") -> None:
        """Take a tracker that was built with `loading` in the same world, and what it is called there."""
        super().__init__(tracker)
        self._world, self._chance, self._what = world, chance, what
        self._noticed = Noticed(self._apart.resident if self._apart else None)

    def __del__(self) -> None:
        if not sys.is_finalizing():
            with self._world:
                del self._tracker

    @property
    def changed(self) -> set[str]:
        """What it has changed in the process so far, in words."""
        return self._world.changed

    def around(self, wrap: Callable[[Tracker[Any]], Tracker[Any]]) -> Contained:
        """Return the same with something between the guard and the tracker, to look at what the tracker itself does."""
        wrapped = Contained(wrap(self._tracker), self._world, self._chance, self._what)
        wrapped._noticed = self._noticed
        return wrapped

    @property
    def recording(self) -> bool:
        """Whether telemetry is wanted."""
        return self._tracker.recording

    @recording.setter
    def recording(self, wanted: bool) -> None:
        with loading(self._what, self._world, self._chance, "cannot be told whether telemetry is wanted"):
            self._tracker.recording = wanted

    def allow(self, seconds: float) -> None:
        """Say how long the next call may take: a tracker in a process of its own is ended then (`Overdue`)."""
        if (apart := self._apart) is not None:
            apart.allow(seconds)

    def finish(self, state: Any, lane: int) -> None:
        """Let a lane end that has seen its last frame; `TrackerFailure` where its answers are not of those frames."""
        if (apart := self._apart) is not None:
            apart.finish(state.state, lane)

    def cut_off(self) -> None:
        """End what it has in processes of its own: nobody wants their answers any more."""
        if (apart := self._apart) is not None:
            apart.cut_off()

    @property
    def _apart(self) -> ProcessLanes | None:
        inner = self._tracker
        while isinstance(inner, Wrapped):
            inner = inner._tracker
        return inner if isinstance(inner, ProcessLanes) else None

    def resident(self) -> int | None:
        """Return how many bytes it has in memory: its own processes, or else this one; None where that is not known."""
        return resident() if self._apart is None else self._apart.resident()

    def remarks(self) -> str:
        """Return in words what it has left behind, now that a sequence has ended; "" for nothing."""
        return self._noticed.end()

    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> Any:
        """Start the tracker; the process's generators of random numbers are seeded with the first lane's seed."""
        frames, boxes = _own(frames), np.array(boxes, np.float64)
        self._noticed.begin()
        with self._world, self._chance, self._world.opening():
            Chance.seed(seeds[0])
            return Held(self._tracker.start(frames, boxes, list(seeds)), self._world)

    def step(self, state: Any, frames: Sequence[Frame]) -> tuple[Step, Any]:
        """Follow; ValueError or TypeError where what comes back is no step."""
        frames = _own(frames)
        with self._world, self._chance:
            wanted = {signal.name: signal for signal in self.signals} if self.recording else {}
            step, after = checked(self._tracker.step(state.state, frames), len(frames), wanted)
            return step, state if after is state.state else Held(after, self._world)

    def take(self, state: Any, lanes: Sequence[int]) -> Any:
        """Return the state of some lanes."""
        with self._world, self._chance:
            return Held(self._tracker.take(state.state, list(lanes)), self._world)

    def join(self, first: Any, second: Any) -> Any:
        """Return one state of both."""
        with self._world, self._chance:
            return Held(self._tracker.join(first.state, second.state), self._world)

    def parameters(self) -> int:
        """Return the number of network parameters."""
        with self._world, self._chance:
            return int(self._tracker.parameters())


def _own(frames: Sequence[Frame]) -> list[Frame]:
    return [np.array(frame) for frame in frames]

"""Another revision of the code in a git worktree of its own, gone when the block ends."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmark.gate.measuring import Side
from trackers.errors import InputError


@contextmanager
def other_revision(revision: str, repository: Path) -> Iterator[Side]:
    """Yield the side of a revision of the git repository that `repository` lies in; InputError where git has none."""
    root = Path(_git(repository, "rev-parse", "--show-toplevel"))
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    with TemporaryDirectory(prefix="gate-") as folder:
        tree = Path(folder) / "tree"
        _git(root, "worktree", "add", "--detach", "--quiet", str(tree), commit)
        try:
            inside = tree / repository.resolve().relative_to(root.resolve())
            yield Side(f"revision {revision}", (tree, tree / "src"), inside if inside.is_dir() else tree)
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, timeout=300)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"--against needs git: {error}") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        reason = said[-1] if said else f"no such revision: {words[-1].partition('^')[0]}"
        raise InputError(f"--against: git {words[0]}: {reason}")
    return done.stdout.strip()

"""The Bình Định example as a workspace of one's own: its text, its published and its made-up records."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from kieng.examples.generate.everything import SEED, WORKSPACE, generate
from kieng.examples.generate.files import GeneratedFile
from kieng.workspace.folder import FOLDER, Loaded, Workspace, refuse_occupied

CASES = 300_000
_MARK = f"{FOLDER}/demo"  # tells a demo, which may be made anew, from people's own work
DELIVERIES = "deliveries"  # the generated files, kept for people to look at


def make_demo(root: Path) -> Workspace:
    """Copy the example's text into ``root`` (a new or empty folder, or an earlier demo's) and open it.

    Raises UserError when there is something else in it.
    """
    if (root / _MARK).is_file():
        shutil.rmtree(root)
    refuse_occupied(root)
    shutil.copytree(WORKSPACE, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    workspace = Workspace(root)
    (root / _MARK).touch()
    return workspace


def deliveries(workspace: Workspace, cases: int = CASES, seed: int = SEED) -> list[GeneratedFile]:
    """Generate the example's deliveries, oldest first."""
    return generate(workspace.definitions, workspace.root / DELIVERIES, seed, cases)


def load_all(workspace: Workspace, files: list[GeneratedFile]) -> Iterator[tuple[GeneratedFile, Loaded]]:
    """Take every delivery in, in the order in which it would have come."""
    for file in files:
        loaded = workspace.take(
            file.record_type,
            [file.path],
            file.mapping,
            origin=file.origin,
            by="kieng demo",
            citation=file.citation,
            recorded_at=file.recorded_at,
        )
        yield file, loaded

"""The Bình Định example as a workspace of one's own: its text, its published and its made-up records."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from kieng.examples.generate.everything import SEED, WORKSPACE, generating, oldest_first
from kieng.examples.generate.files import GeneratedFile
from kieng.records.disk import writing_to
from kieng.records.intake import Intake
from kieng.workspace.folder import FOLDER, Loaded, Workspace
from kieng.workspace.place import refuse_occupied

CASES = 300_000
_MARK = f"{FOLDER}/demo"  # tells a demo, which may be made anew, from people's own work
MOST_READERS = 4
_NOT_COMPLETE = ("the example is not complete", "make it again in a new folder")
DELIVERIES = "deliveries"  # the generated files, kept for people to look at


def make_demo(root: Path) -> Workspace:
    """Copy the example's text into ``root`` (a new or empty folder, or an earlier demo's) and open it.

    Raises UserError when there is something else in it.
    """
    with writing_to(root, *_NOT_COMPLETE):
        if (root / _MARK).is_file():
            shutil.rmtree(root)
        refuse_occupied(root)
        (root / FOLDER).mkdir(mode=0o700, parents=True)
        (root / _MARK).touch()  # first: what is cut off from here on may be made anew
        unwanted = shutil.ignore_patterns("__pycache__", "*.py")
        shutil.copytree(WORKSPACE, root, dirs_exist_ok=True, ignore=unwanted)
        return Workspace(root)


def deliveries(workspace: Workspace, cases: int = CASES, seed: int = SEED) -> Iterator[GeneratedFile]:
    """Write the example's deliveries, telling of each once it is written."""
    with writing_to(workspace.root, *_NOT_COMPLETE):
        yield from generating(workspace.definitions, workspace.root / DELIVERIES, seed, cases)


def load_all(workspace: Workspace, files: Iterable[GeneratedFile]) -> Iterator[tuple[GeneratedFile, Loaded]]:
    """Take every delivery in, in the order in which it would have come.

    Reading is most of the work and needs nothing of the ledger, so a process per core reads what is there
    while ``files`` are still being written, and ahead while this one appends.
    """
    workspace.secret  # noqa: B018 made before the readers look for it
    with ProcessPoolExecutor(
        max_workers=min(os.cpu_count() or 1, MOST_READERS),
        mp_context=get_context("spawn"),
        initializer=_open_in_reader,
        initargs=(workspace.root,),
    ) as readers:
        reading = {file: readers.submit(_read, file) for file in files}
        for file in oldest_first(reading):
            yield (
                file,
                workspace.add(
                    reading.pop(file).result(),
                    origin=file.origin,
                    by="kieng demo",
                    citation=file.citation,
                    recorded_at=file.recorded_at,
                ),
            )


_reader: dict[str, Workspace] = {}  # of a reading process: the workspace it has opened


def _open_in_reader(root: Path) -> None:
    _reader["workspace"] = Workspace(root)


def _read(file: GeneratedFile) -> Intake:
    return _reader["workspace"].read(file.record_type, [file.path], file.mapping)

"""A reorganisation proposed, applied and taken back.

Applying changes the text only, never a record: history keeps the agencies it happened in, and both
readings of it come from the tree and the moves. What was there before is kept beside the ledger, in
``.kieng/reorganisations``, so that the last reorganisation can be taken back to the byte.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from kieng.plan.change_set import ChangeSet, NewText, check_change, new_text, read_change_set
from kieng.plan.definitions import Definitions
from kieng.plan.lineage import successors
from kieng.plan.load import text_of
from kieng.plan.reorganisation import Reorganisation
from kieng.problems import Place, Problem, Problems, UserError, near, refuse
from kieng.workspace.folder import FOLDER, Workspace, definitions_of
from kieng.workspace.text_files import Act, Texts, finish_cut_off, read_texts, replace_texts

ARCHIVE = "reorganisations"
_TAKEN_BACK = "undone"
_ABOUT = "about.json"
_OLD = "old/"


@dataclass(frozen=True)
class Proposal:
    """A change set that could be applied: what the workspace says now and would say. ``old`` and ``new``
    hold the files that differ."""

    change: ChangeSet
    before: Definitions
    after: Definitions
    old: Texts
    new: Texts

    @property
    def day(self) -> date:
        return self.change.day

    @property
    def eve(self) -> date:
        """The last day of the old map."""
        return self.change.day - timedelta(days=1)

    @cached_property
    def event(self) -> Reorganisation:
        return next(event for event in self.after.reorganisations if event.id == self.change.id)

    def heirs(self, agency: str) -> list[str]:
        """Who has something of ``agency`` on the new map: itself, if it lives on, and where it moves to,
        in whatever reorganisation of that day."""
        events = [event for event in self.after.reorganisations if event.day == self.day]
        tree = self.after.tree.on(self.day)
        return sorted(one for one in {agency} | successors(events, agency) if one in tree)


@dataclass(frozen=True)
class Applied:
    """A reorganisation that was applied and not taken back. ``written`` has the SHA-256 of every file as
    it was written then, ``old`` what stood there before; ``number`` counts up."""

    id: str
    number: int
    at: str
    by: str
    written: Mapping[str, str]
    old: Texts
    archive: Path


# --- propose --------------------------------------------------------------------------------


def propose(workspace: Workspace, path: Path) -> Proposal:
    """Draw up the change set in ``path`` against the workspace, touching nothing.

    Raises :class:`~kieng.problems.UserError` with every problem of the change set and of the new text.
    """
    change = read_change_set(path)
    _refuse_known(workspace, change)
    files = text_of(workspace.root)
    problems = Problems()
    check_change(change, files, workspace.definitions.tree, problems)
    new = new_text(files, change)
    after = _loaded(new, problems)
    if after is None or problems:
        raise UserError(_each_once(problems))
    changed = [path for path in new.files if new.files[path] != files.get(path)]
    return Proposal(
        change=change,
        before=workspace.definitions,
        after=after,
        old={path: files.get(path) for path in changed},
        new={path: new.files[path] for path in changed},
    )


def _refuse_known(workspace: Workspace, change: ChangeSet) -> None:
    events = {event.id for event in workspace.definitions.reorganisations}
    if change.id in events | {one.id for one in applied(workspace.root)}:
        why = "A reorganisation with this id is part of the workspace already."
        remedy = f"Take it back with --undo {change.id}, or give this one an id of its own."
        raise refuse(change.place, "already-applied", why, remedy, change.id)


def _loaded(new: NewText, problems: Problems) -> Definitions | None:
    try:
        return definitions_of(new.files)
    except UserError as error:
        problems.extend(new.placed(problem) for problem in error.problems)
        return None


def _each_once(problems: Iterable[Problem]) -> list[Problem]:
    """An agency nobody knows is found in the change set and again in the text made from it."""
    return list({(p.place, p.code, p.value): p for p in problems}.values())


# --- apply and undo -------------------------------------------------------------------------


def apply(workspace: Workspace, proposal: Proposal, by: str) -> list[str]:
    """Write the new text and keep the old, all of it or nothing, and give the paths written.

    Raises :class:`~kieng.problems.UserError` when a file has changed since the proposal was drawn up, when
    the id was applied meanwhile, or when the disk will not take it.
    """
    root, id_ = workspace.root, proposal.change.id
    archive = _archive_path(id_)
    if (root / archive).exists():
        why = "This reorganisation has just been applied by somebody else."
        raise refuse(proposal.change.place, "already-applied", why, "Nothing is left to do.")
    old = {archive: None} | dict(proposal.old)
    new = {archive: _archive(root, proposal, by)} | dict(proposal.new)
    replace_texts(root, old, new, Act(f"kieng reorganise --apply {id_}", by))
    return list(proposal.new)


def undo(root: Path, id_: str, by: str) -> list[str]:
    """Put back what stood before the reorganisation ``id_``, all of it or nothing; the paths written.

    Raises :class:`~kieng.problems.UserError` when it is not applied, when others were applied later, when a
    file has changed since, when the rest of the text cannot do without it, or when the disk will not take it.
    """
    finish_cut_off(root)
    known = {one.id: one for one in applied(root)}
    if id_ not in known:
        raise refuse("", "not-applied", "No reorganisation with this id is applied.", near(id_, known), id_)
    one = known[id_]
    problems = Problems()
    _check_last(one, known.values(), problems)
    _check_unchanged(root, one, problems)
    if problems:
        raise UserError(problems)
    kept = {path: content for path, content in text_of(root).items() if path not in one.old}
    definitions_of(kept | {path: content for path, content in one.old.items() if content is not None})
    archive, filed = _archive_path(id_), _filed_away(one, by)
    new = dict(one.old) | {archive: None} | filed
    replace_texts(root, read_texts(root, new), new, Act(f"kieng reorganise --undo {id_}", by))
    return list(one.old)


def applied(root: Path) -> list[Applied]:
    """Every reorganisation applied and not taken back, in the order in which they were applied."""
    archives = (root / FOLDER / ARCHIVE).glob("*.zip")
    return sorted((_read(path) for path in archives), key=lambda one: one.number)


def _check_last(one: Applied, others: Iterable[Applied], problems: Problems) -> None:
    for later in others:
        if later.number > one.number:
            why = f"The reorganisation {later.id} was applied later and rests on this one."
            problems.add(Place(""), "applied-later", why, f"Take back {later.id} first.", one.id)


def _check_unchanged(root: Path, one: Applied, problems: Problems) -> None:
    """A file may also stand as before: then an apply or an undo was cut off before it came to it."""
    for path, content in read_texts(root, one.old).items():
        written = None if content is None else sha256(content).hexdigest()
        if content != one.old[path] and written != one.written[path]:
            why = f"The file has been changed since {one.id} was applied; that would be lost."
            remedy = "Keep your change elsewhere, bring the file back to what was applied, and undo then."
            problems.add(Place(path), "changed-since", why, remedy)


# --- what is kept ---------------------------------------------------------------------------


def _archive_path(id_: str) -> str:
    """Where what was there before is kept, as a path in the workspace."""
    return f"{FOLDER}/{ARCHIVE}/{id_}.zip"


def _archive(root: Path, proposal: Proposal, by: str) -> bytes:
    about = {
        "id": proposal.change.id,
        "number": max((one.number for one in applied(root)), default=0) + 1,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": by,
        "written": {path: sha256(content or b"").hexdigest() for path, content in proposal.new.items()},
        "new": [path for path, content in proposal.old.items() if content is None],
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(_ABOUT, json.dumps(about, ensure_ascii=False, indent=2))
        for path, content in proposal.old.items():
            if content is not None:
                file.writestr(_OLD + path, content)
    return buffer.getvalue()


def _read(archive: Path) -> Applied:
    try:
        with zipfile.ZipFile(archive) as file:
            about = json.loads(file.read(_ABOUT))
            old: dict[str, bytes | None] = dict.fromkeys(about["new"])
            for name in file.namelist():
                if name.startswith(_OLD):
                    old[name.removeprefix(_OLD)] = file.read(name)
        return Applied(about["id"], about["number"], about["at"], about["by"], about["written"], old, archive)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        why = "The old text kept here cannot be read."
        remedy = "Restore the file from a backup."
        raise refuse(str(archive), "archive-damaged", why, remedy) from error


def _filed_away(one: Applied, by: str) -> dict[str, bytes]:
    """A copy of what was kept, with who took it back and when, and where it is out of the way of the next
    ones."""
    now = datetime.now(UTC)
    taken_back = {"at": now.isoformat(timespec="seconds"), "by": by}
    buffer = io.BytesIO(one.archive.read_bytes())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("undone.json", json.dumps(taken_back, ensure_ascii=False, indent=2))
    return {f"{FOLDER}/{ARCHIVE}/{_TAKEN_BACK}/{one.id}-{now:%Y%m%dT%H%M%S%f}.zip": buffer.getvalue()}

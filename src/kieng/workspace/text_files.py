"""Several files of a workspace's text replaced together: all of them or none."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from kieng.problems import refuse
from kieng.records.segments import write_durably

#: Contents by path in the workspace; None where there is, or is to be, no file.
Texts = Mapping[str, bytes | None]


def read_texts(root: Path, paths: Iterable[str]) -> dict[str, bytes | None]:
    return {path: (root / path).read_bytes() if (root / path).is_file() else None for path in paths}


def replace_texts(root: Path, new: Texts) -> None:
    """Bring every file of ``new`` to its content. Each is written beside and renamed over; on any fault,
    a stop from the keyboard included, those renamed already get their old content back.

    Raises :class:`~kieng.problems.UserError` when the disk will not take it.
    """
    old = read_texts(root, new)
    staged: dict[str, Path] = {}
    renamed: list[str] = []
    done = False
    try:
        for path, content in new.items():
            staged[path] = _staged(root / path, content)
        for path in new:
            renamed.append(path)
            _bring(root / path, staged[path], new[path] is None)
        done = True
    except OSError as error:
        why = f"The text could not be written ({error.strerror or error}); it stands as before."
        raise refuse(str(root), "cannot-write", why, "Check the disk and who may write there.") from error
    finally:
        if not done:
            _put_back(root, {path: old[path] for path in renamed})
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)


def _staged(path: Path, content: bytes | None) -> Path:
    """A file beside ``path`` that no reader of the text takes for one of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    if content is not None:
        write_durably(beside, content)
        if path.exists():
            shutil.copymode(path, beside)
    return beside


def _bring(path: Path, staged: Path, gone: bool) -> None:
    if gone:
        path.unlink(missing_ok=True)
    else:
        os.replace(staged, path)


def _put_back(root: Path, old: Texts) -> None:
    for path, content in old.items():
        _bring(root / path, _staged(root / path, content), content is None)

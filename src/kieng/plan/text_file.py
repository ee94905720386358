"""Text files of a workspace: read as UTF-8, named by their path in the workspace."""

from __future__ import annotations

from pathlib import Path

from kieng.problems import Place, Problems


def read_text(path: Path, problems: Problems, root: Path) -> str | None:
    """A file's text (UTF-8, with or without BOM), or None with a problem."""
    file = shown_path(path, root)
    try:
        content = path.read_bytes()
    except OSError as error:
        why = f"The file cannot be read: {error.strerror}."
        problems.add(Place(file), "unreadable-file", why, "Check that it exists and may be read.")
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        why = "The file is not written in UTF-8."
        problems.add(Place(file, line), "not-utf-8", why, "Save it again with the encoding UTF-8.")
        return None


def shown_path(path: Path, root: Path) -> str:
    """``path`` as problems show it: relative to the workspace, with forward slashes."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def yaml_files(folder: Path) -> list[Path]:
    """Every ``*.yaml`` directly in ``folder``, by name; none when there is no such folder."""
    return sorted(folder.glob("*.yaml"))


def place_in(file: str, text: str, index: int) -> Place:
    """The place of ``text[index]``."""
    before = text[:index]
    return Place(file, before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)

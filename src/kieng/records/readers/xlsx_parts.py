"""The parts of a workbook's archive, looked at before and beside the library that reads its cells."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from kieng.problems import refuse

#: Unpacked size beyond which a workbook is refused (a full sheet of 1,048,576 rows stays below).
LARGEST_UNPACKED = 2 * 2**30
_PIECE = 2**20
_OVERLAP = 4096
_LARGEST_INDEX = 16 * 2**20
_COMPOUND = b"\xd0\xcf\x11\xe0"  # old .xls, and any workbook with a password
# Every part is bounded, so that no text, however made, costs more than its length.
_ERROR_CELL = re.compile(
    rb"<(?:\w{1,9}:)?c\b([^<>]{0,300}\bt=[\"']e[\"'][^<>]{0,300})>"
    rb"(?:(?!</(?:\w{1,9}:)?c>).){0,3000}?<(?:\w{1,9}:)?v>([^<]{0,40})<",
    re.DOTALL,
)
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")


def check_archive(path: Path, file: str) -> None:
    """Refuse what is no plain workbook: other types, passwords, macros, archives that explode."""
    try:
        with path.open("rb") as opened:
            head = opened.read(4)
        if head == _COMPOUND:
            why = "The workbook is locked with a password, or is of the old type .xls."
            raise refuse(file, "locked-workbook", why, "Save it in Excel as .xlsx without a password.")
        with zipfile.ZipFile(path) as archive:
            _check_members(archive, file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        why = "The file is not a whole .xlsx workbook."
        raise refuse(
            file, "broken-xlsx", why, "It may have been cut off on its way: send it again."
        ) from None
    except OSError as error:
        why = f"The file cannot be read: {error.strerror}."
        raise refuse(file, "unreadable-file", why, "Check that it exists and may be read.") from None


def _check_members(archive: zipfile.ZipFile, file: str) -> None:
    if any(name.lower().endswith("vbaproject.bin") for name in archive.namelist()):
        raise refuse(
            file, "macros", "The workbook holds macros.", "Save it in Excel as .xlsx without macros."
        )
    if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
        raise _explodes(file)
    for member in archive.infolist():  # what the directory claims may be a lie
        with archive.open(member) as stream:
            while stream.read(_PIECE):
                pass


def _explodes(file: str) -> Exception:
    why = f"The workbook unpacks to more than {LARGEST_UNPACKED:,} bytes."
    return refuse(file, "workbook-too-large", why, "Deliver it as CSV, or in several files.")


def error_cells(path: Path, sheet: str) -> dict[int, dict[int, str]]:
    """Row → column (both from 1) → word of every cell whose formula failed (``#N/A``).

    The library gives such cells as empty ones, which would pass for "no data".
    """
    found: dict[int, dict[int, str]] = {}
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        if part not in archive.namelist():
            return found
        for window in _windows(archive, part):
            for cell in _ERROR_CELL.finditer(window):
                _note(cell, found)
    return found


def _note(cell: re.Match[bytes], found: dict[int, dict[int, str]]) -> None:
    reference = _REFERENCE.search(cell[1])
    if reference:
        row, column = int(reference[2]), 0
        for letter in reference[1].decode():
            column = column * 26 + ord(letter) - ord("A") + 1
        found.setdefault(row, {})[column] = cell[2].decode("utf-8", "replace")


def _windows(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part's bytes in overlapping pieces, so that no cell is cut in two everywhere."""
    tail = b""
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            window = tail + piece
            if b'e"' in window or b"e'" in window:
                yield window
            tail = window[-_OVERLAP:]


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The archive's name of the sheet's part."""
    wanted = [_relationship(a) for a in _elements(archive, "xl/workbook.xml") if a.get("name") == sheet]
    for attributes in _elements(archive, "xl/_rels/workbook.xml.rels"):
        if wanted and attributes.get("Id") == wanted[0]:
            target = attributes.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    return ""


def _relationship(attributes: dict[str, str]) -> str | None:
    """The ``r:id``, whichever of the two namespaces the workbook's writer used."""
    return next((value for key, value in attributes.items() if key.endswith("}id")), None)


def _elements(archive: zipfile.ZipFile, part: str) -> list[dict[str, str]]:
    """Every element's attributes; none when the part is missing, broken or declares its own entities."""
    if part not in archive.namelist() or archive.getinfo(part).file_size > _LARGEST_INDEX:
        return []
    found: list[dict[str, str]] = []
    text = archive.read(part)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = lambda tag, attributes: found.append(attributes)
    try:
        parser.Parse(b"" if b"<!DOCTYPE" in text else text, True)
    except expat.ExpatError:
        return []
    return found

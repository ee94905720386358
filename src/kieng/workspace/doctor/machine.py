"""Python and its packages, the disk, and whose the files are."""

from __future__ import annotations

import os
import platform
import re
import stat
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from kieng.records.disk import OTHERS
from kieng.workspace.alarms import free_of, nearly_full
from kieng.workspace.doctor.checks import Patient, Result, bad, fine, warn

_OLDEST = (3, 11)
#: Versions that are known to fail, with what they do.
_BROKEN = {("duckdb", "2.0.0")}
#: Below both a measuring of a large workspace may find no room.
_LOW_PART, _LOW_BYTES = 0.15, 10_000_000_000
_SECRETS = ("secret", "web-secret", "watch-token")
_SECRET_BYTES, _WEB_SECRET_SIZE = 32, 50
_MANY = 5


def python(_: Patient) -> Iterator[Result]:
    version = platform.python_version()
    good = sys.version_info[:2] >= _OLDEST
    yield fine("python-fine", version=version) if good else bad("python-old", version=version)


def packages(_: Patient) -> Iterator[Result]:
    """What Kiềng says it needs; its pages say of theirs by themselves."""
    found: dict[str, str] = {}
    missing = []
    for name in _required():
        try:
            found[name.lower()] = metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield bad("packages-missing", names=", ".join(missing))
    for name, version in sorted(_BROKEN & set(found.items())):
        yield bad("package-broken", name=name, version=version)
    yield fine("packages-fine", count=len(found), versions=_shown(found))


def _required() -> list[str]:
    try:
        told = metadata.requires("kieng") or []
    except metadata.PackageNotFoundError:  # run from its source
        return []
    own = [one for one in told if "extra ==" not in one]
    return [found[0] for one in own if (found := re.match(r"[A-Za-z0-9._-]+", one))]


def _shown(versions: dict[str, str]) -> str:
    told = (f"{name} {versions[name]}" for name in ("duckdb", "pyarrow", "psycopg") if name in versions)
    return ", ".join(told) or "?"


def disk(patient: Patient) -> Iterator[Result]:
    where = patient.folder if patient.folder.exists() else patient.root
    found = free_of(where)
    if found is None:
        yield bad("disk-unknown", place=where)
        return
    free, total = found
    told = {"free": f"{free / 1e9:.1f}", "part": round(100 * free / total) if total else 0}
    if nearly_full(free, total):
        yield bad("disk-full", **told)
    elif free < min(_LOW_PART * total, _LOW_BYTES):
        yield warn("disk-low", **told)
    else:
        yield fine("disk-fine", **told)
    names = os.statvfs(where)
    if names.f_files and names.f_favail < 10_000:
        yield bad("disk-names", count=names.f_favail)


def owner(patient: Patient) -> Iterator[Result]:
    where = patient.folder if patient.folder.exists() else patient.root
    known, who = where.stat().st_uid, os.geteuid()
    if known != who:
        yield warn("owner-other", owner=known, who=who)
    elif who == 0:
        yield warn("owner-root")
    else:
        yield fine("owner-fine", owner=known)


def rights(patient: Patient) -> Iterator[Result]:
    """Others may neither read nor write what lies in ``.kieng``, nor change the text."""
    if not patient.folder.is_dir():
        yield fine("rights-none-yet")
        return
    if patient.folder.stat().st_mode & OTHERS:
        yield bad("rights-folder", place=patient.folder)
    open_ = [path for path in _below(patient.folder) if _is_open(path)]
    if open_:
        shown = ", ".join(str(path.relative_to(patient.root)) for path in open_[:_MANY])
        yield bad("rights-open", count=len(open_), names=shown, place=patient.folder)
    written = [path for path in (patient.root, *_texts(patient.root)) if _writable(path)]
    if written:
        shown = ", ".join(str(path) for path in written[:_MANY])
        yield warn("rights-text", count=len(written), names=shown)
    foreign = [path for path in patient.folder.iterdir() if path.lstat().st_uid != os.geteuid()]
    if foreign and os.geteuid():
        yield warn("rights-foreign", count=len(foreign), names=", ".join(one.name for one in foreign[:_MANY]))
    yield fine("rights-fine")


def _below(folder: Path) -> Iterator[Path]:
    """What lies right in the folder and in those of it that others may enter."""
    for path in sorted(folder.iterdir()):
        yield path
        if path.is_dir() and not path.is_symlink() and path.stat().st_mode & OTHERS:
            yield from _below(path)


def _texts(root: Path) -> Iterator[Path]:
    yield from (path for path in sorted(root.iterdir()) if path.name != ".kieng")


def _is_open(path: Path) -> bool:
    mode = path.lstat().st_mode
    return not stat.S_ISLNK(mode) and bool(mode & OTHERS)


def _writable(path: Path) -> bool:
    mode = path.lstat().st_mode
    return not stat.S_ISLNK(mode) and bool(mode & 0o022)


def keys(patient: Patient) -> Iterator[Result]:
    """The secrets: there where something rests on them, whole, and the owner's."""
    ill = list(_ill_keys(patient))
    yield from ill
    if not ill:
        there = [name for name in _SECRETS if (patient.folder / name).is_file()]
        yield fine("keys-fine", names=", ".join(there) or "-")


def _ill_keys(patient: Patient) -> Iterator[Result]:
    secret, web = (patient.folder / name for name in ("secret", "web-secret"))
    if secret.is_file() and (size := secret.stat().st_size) != _SECRET_BYTES:
        yield bad("keys-secret", size=size, whole=_SECRET_BYTES)
    told = os.environ.get("KIENG_WEB_SECRET")
    if told is not None and len(told) < _WEB_SECRET_SIZE:
        yield bad("keys-web-short", size=len(told), least=_WEB_SECRET_SIZE)
    elif told is None and web.is_file() and web.stat().st_size < _WEB_SECRET_SIZE:
        yield bad("keys-web-short", size=web.stat().st_size, least=_WEB_SECRET_SIZE)
    elif told is None and not web.is_file() and (patient.folder / "web.db").is_file():
        yield warn("keys-web-gone")

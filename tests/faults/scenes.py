"""The operations that trials cut off: each with the workspace it begins from and the command that is run."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from tests.helpers import reorganising
from tests.helpers.postgres import database_for
from tests.helpers.workspace import files_csv, load_files, ok, reports_csv, write_workspace

from kieng.stores.sql.choose import SETTING
from kieng.workspace.folder import FOLDER, Workspace

OLDER = Path(__file__).parents[1] / "integration" / "older"
_LOAD = ("--mapping", "work-files", "--by", "thu", "--refused", "{T}/refused")
State = Mapping[str, object]


@dataclass(frozen=True)
class Scene:
    """``prepare`` makes a workspace in a folder; ``command`` are the words to run on it, ``again`` those that
    anybody would try next where they differ. Paths are below the trial's folder ``{T}``; the workspace is
    ``{T}/w``. ``state`` is what must be as before or as after, nothing between."""

    name: str
    prepare: Callable[[Path], None]
    command: tuple[str, ...]
    state: Callable[[Path], State]
    in_steps: bool = False  # what is measured or put together comes in steps, each whole
    refused_again: str = ""  # what the command says when it is done already


def on_server(root: Path) -> None:
    """Commands on the workspace find its ledger on the server, when tests run on one."""
    url = database_for(root)
    if url is not None:
        os.environ[SETTING] = url


def _rows(first: int, count: int, status: str = "") -> list[str]:
    codes = (21550, 21553, 23560)
    return [
        f"{n},{codes[n % 3]},2024-0{n % 3 + 1}-01,2024-0{n % 5 + 1}-04,{n % 2},0,{status}"
        for n in range(first, first + count)
    ]


def _begun(folder: Path, name: str = "w") -> None:
    """Files, chunks in the tail, newer versions, measured once."""
    root = folder / name
    on_server(root)
    write_workspace(root)
    load_files(root, files_csv(folder / "one.csv", _rows(0, 60)))
    ok(root, "tidy", "--all")
    load_files(root, files_csv(folder / "two.csv", [*_rows(40, 5), *_rows(60, 20)]))
    reports = reports_csv(folder / "r.csv", ["r1,tinh-a,kinh-te-so,2024-12-31,1234.5,uoc"])
    ok(root, "load", "report", reports, "--mapping", "reports", "--by", "thu")
    ok(root, "measure")
    files_csv(folder / "small.csv", [*_rows(50, 20), *_rows(100, 9)])
    files_csv(folder / "gone.csv", _rows(0, 12, status="9"))
    files_csv(folder / "large.csv", _rows(0, 6_000))


def _loaded(folder: Path) -> None:
    _begun(folder)
    load_files(folder / "w", folder / "small.csv")


def _backed_up(folder: Path) -> None:
    _begun(folder, "before")  # with a database of its own: the workspace to be has an empty one
    ok(folder / "before", "backup", folder / "b")
    (made,) = folder.glob("b/*Z")
    made.rename(folder / "b" / "one")


def _reorganising(folder: Path) -> None:
    for name, text in reorganising.TEXT.items():
        (folder / "w" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "w" / name).write_text(text, "utf-8")
    (folder / "change.yaml").write_text(reorganising.MERGE, "utf-8")


def _reorganised(folder: Path) -> None:
    _reorganising(folder)
    on_server(folder / "w")
    ok(folder / "w", "reorganise", folder / "change.yaml", "--apply", "--by", "thu")


def _older(folder: Path) -> None:
    root = write_workspace(folder / "w")
    inner = root / FOLDER
    for name, content in json.loads((OLDER / "version-4.json").read_text()).items():
        (inner / name).parent.mkdir(parents=True, exist_ok=True)
        (inner / name).write_bytes(base64.b64decode(content))
    sql, url = (OLDER / "version-4.sql").read_text("utf-8"), database_for(root)
    if url is None:
        connection = sqlite3.connect(inner / "kieng.db")
        connection.executescript(sql)
        connection.close()
        return
    os.environ[SETTING] = url
    name = re.findall(r"dbname=(\S+)", url)[0]
    (inner / "database").write_text(f"postgresql://{url.partition('host=')[2]}/{name}\n")
    with psycopg.connect(url) as server:
        text = re.sub(r"X'([0-9a-f]*)'", r"'\\x\1'::bytea", sql)
        server.execute(re.sub(r"\bBLOB\b", "BYTEA", text).encode())


# --- what must be as before or as after --------------------------------------------------------------


def ledger(folder: Path) -> State:
    """Batches, the newest records, the figures."""
    workspace = Workspace(folder / "w")
    figures = [
        (m.indicator, m.agency, str(m.period), m.reading, m.breakdown, m.status, m.value)
        for m in workspace.stored.read(breakdowns=True)
    ]
    keys = [
        (batch.source, batch.key, batch.accepted, batch.superseded) for batch in workspace.ledger.batches()
    ]
    return {"batches": keys, "figures": hashlib.sha256(repr(sorted(figures, key=repr)).encode()).hexdigest()}


def texts(folder: Path) -> State:
    """Every file of the text, and what is kept of reorganisations but for its moment."""
    root = folder / "w"
    inner = root / FOLDER
    files = {
        str(path.relative_to(root)): path.read_text("utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and FOLDER not in path.relative_to(root).parts
    }
    kept = sorted(path.parent.name for path in inner.glob("reorganisations/**/*.zip"))
    return files | {FOLDER: kept}


def backups(folder: Path) -> State:
    """How many backups can be used, and that there is nothing else."""
    made = sorted(folder.glob("b/*Z"))
    whole = [one for one in made if (one / "complete.json").exists()]
    return {"cut off": len(made) - len(whole), "whole": min(len(whole), 1)}


def restored(folder: Path) -> State:
    return ledger(folder) if (folder / "w" / "kieng.yaml").exists() else {}


def version(folder: Path) -> State:
    from kieng.stores.sql.choose import open_database
    from kieng.stores.sql.upgrades import pending

    return {"steps": len(pending(open_database(folder / "w" / FOLDER, any_version=True)))}


def _nothing(folder: Path) -> None:
    shutil.rmtree(folder / "w", ignore_errors=True)


SCENES = {
    scene.name: scene
    for scene in (
        Scene("load", _begun, ("load", "work_file", "{T}/small.csv", *_LOAD), ledger),
        Scene("withdraw", _begun, ("load", "work_file", "{T}/gone.csv", *_LOAD), ledger),
        Scene("load-large", _begun, ("load", "work_file", "{T}/large.csv", *_LOAD), ledger),
        Scene("tidy", _loaded, ("tidy", "--all"), ledger),
        Scene("measure", _loaded, ("measure",), ledger, in_steps=True),
        Scene("reorganise", _reorganising, ("reorganise", "{T}/change.yaml", "--apply", "--by", "thu"), texts,
              refused_again="already-applied"),
        Scene("undo", _reorganised, ("reorganise", "--undo", "nhap", "--by", "thu"), texts,
              refused_again="not-applied"),
        Scene("init", _nothing, ("init", "{T}/w"), texts, refused_again="not-empty"),
        Scene("backup", _begun, ("backup", "{T}/b"), backups, in_steps=True),
        Scene("restore", _backed_up, ("restore", "{T}/b/one", "{T}/w"), restored, in_steps=True,
              refused_again="not-empty"),
        Scene("upgrade", _older, ("upgrade", "--yes"), version),
    )
}  # fmt: skip

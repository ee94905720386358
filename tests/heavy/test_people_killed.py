"""A sheet of people whose loading is killed at any moment is in whole or not at all; the trail is sound."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.helpers.people import csv_of, person
from tests.helpers.workspace import ok, write_workspace

pytestmark = pytest.mark.heavy
PEOPLE, KILLS = 500, 30


def counts(root: Path) -> tuple[int, ...]:
    with closing(sqlite3.connect(root / ".kieng" / "web.db")) as database:
        tables = ("accounts_user", "accounts_post", "audit_event")
        return tuple(database.execute(f"SELECT count(*) FROM {one}").fetchone()[0] for one in tables)


def test_killed_at_any_moment_all_or_nothing_is_in(tmp_path):
    root, file, chance = write_workspace(tmp_path / "w"), tmp_path / "ds.csv", random.Random(20261130)
    file.write_bytes(csv_of([person(n, "xa-12") for n in range(PEOPLE)]))
    ok(root, "admin", "first", "quan-tri")
    before = counts(root)
    asked = {
        "do": "people",
        "file": str(file),
        "shown": "ds.csv",
        "apply": True,
        "links": True,
        "why": "QĐ 1",
    }
    whole = (before[0] + PEOPLE, before[1] + PEOPLE, before[2] + 3 * PEOPLE + 1)
    for _ in range(KILLS):
        command = [sys.executable, "-m", "kieng.web.administer", "--workspace", str(root)]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        assert child.stdin is not None
        child.stdin.write(json.dumps(asked))
        child.stdin.close()
        time.sleep(chance.uniform(0.5, 6))
        child.kill()
        child.wait()
        assert counts(root) in (before, whole)
    ok(root, "admin", "people", file, "--apply", "--why", "QĐ 1")
    assert counts(root)[:2] == whole[:2]

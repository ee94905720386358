"""kill −9 at any moment of loading, flushing, compacting and measuring: nothing lost, nothing twice."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from random import Random

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from tests.heavy import works
from tests.heavy.kill import Killable, kill_once, normal_seconds, sent_again_all_is_as_if_never_killed
from tests.heavy.sizes import KILLS
from tests.helpers.postgres import SERVER, database_for

pytestmark = pytest.mark.usefixtures("each_database")

KILLABLE = {
    "load": Killable("tests.heavy.works:load", works.ledger_in, works.records_in),
    "flush": Killable("tests.heavy.works:flush", works.ledger_in, works.records_in),
    "compact": Killable("tests.heavy.works:compact", works.ledger_in, works.records_in),
    "measure": Killable("tests.heavy.works:measure", works.workspace_ledger_in, works.measurements_in),
}


def kill_often(killable: Killable, folder: Path, kills: int, seed: int) -> int:
    """How many of ``kills`` came in time. Each has a new folder, so that any moment is as likely."""
    control, chance = folder / "control", Random(seed)
    normal = normal_seconds(killable.work, control)
    in_time = 0
    for number in range(kills):
        one = folder / str(number)
        in_time += kill_once(killable, one, normal, chance)
        sent_again_all_is_as_if_never_killed(killable, one, control)
        forget(one)
    return in_time


def forget(folder: Path) -> None:
    """The disk is not to fill with a hundred ledgers."""
    url, server = database_for(folder), os.environ.get(SERVER)
    if url is not None and server is not None:
        name = sql.Identifier(str(conninfo_to_dict(url)["dbname"]))
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
    shutil.rmtree(folder)


@pytest.mark.slow  # starts a process for every kill
def test_a_few_kills(tmp_path: Path) -> None:
    assert kill_often(KILLABLE["compact"], tmp_path, kills=2, seed=1) >= 1


@pytest.mark.heavy
@pytest.mark.parametrize("name", sorted(KILLABLE))
def test_kills(tmp_path: Path, name: str) -> None:
    assert kill_often(KILLABLE[name], tmp_path, KILLS, seed=9) >= KILLS // 2

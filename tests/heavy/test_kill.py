"""kill −9 at any moment of loading, flushing, compacting and measuring: nothing lost, nothing twice."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest
from tests.heavy import works
from tests.heavy.kill import Killable, kill_once, normal_seconds, sent_again_all_is_as_if_never_killed
from tests.heavy.sizes import KILLS

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
        shutil.rmtree(one)
    return in_time


@pytest.mark.slow  # starts a process for every kill
@pytest.mark.parametrize("name", ["compact", "measure"])
def test_a_few_kills(tmp_path: Path, name: str) -> None:
    assert kill_often(KILLABLE[name], tmp_path, kills=2, seed=1) >= 1


@pytest.mark.heavy
@pytest.mark.parametrize("name", sorted(KILLABLE))
def test_kills(tmp_path: Path, name: str) -> None:
    assert kill_often(KILLABLE[name], tmp_path, KILLS, seed=9) >= KILLS // 2

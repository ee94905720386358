"""Several processes on one ledger, and processes killed while they load."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.helpers.ledger import SITE, all_rows, newest, numbered_sites, open_ledger

pytestmark = pytest.mark.usefixtures("each_database")
REPOSITORY = Path(__file__).parents[2]
#: Every third delivery is big enough for segments.
SIZES = (10, 20, 60)
SMALL = 50
LOAD = f"""
import sys
from pathlib import Path
from tests.helpers.ledger import numbered_sites, open_ledger
ledger = open_ledger(Path(sys.argv[1]), small={SMALL})
print("ready", flush=True)
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    ledger.append(numbered_sites(number, {SIZES}[number % 3]))
"""


def load(folder: Path, first: int, after: int) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY)])
    command = [sys.executable, "-c", LOAD, str(folder), str(first), str(after)]
    return subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True
    )


def wait(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=120)
    return process.returncode


def assert_each_counted_once(folder: Path, deliveries: int) -> None:
    ledger = open_ledger(folder, small=SMALL)
    assert [batch.sequence for batch in ledger.batches()] == list(range(1, deliveries + 1))
    expected = sum(SIZES[number % 3] for number in range(deliveries))
    records = ledger.records(SITE)
    assert len(all_rows(records)) == len(newest(records)) == expected
    assert [finding for finding in ledger.verify() if finding.damage] == []


@pytest.mark.slow  # four processes start Python and Arrow
def test_four_processes_race_with_the_same_deliveries(tmp_path):
    processes = [load(tmp_path / "ledger", 0, 12) for _ in range(4)]
    assert [wait(process) for process in processes] == [0, 0, 0, 0]
    assert_each_counted_once(tmp_path / "ledger", 12)


@pytest.mark.slow  # four processes start Python and Arrow
def test_four_processes_with_deliveries_of_their_own_lose_none(tmp_path):
    processes = [load(tmp_path / "ledger", start, start + 6) for start in (0, 6, 12, 18)]
    assert [wait(process) for process in processes] == [0, 0, 0, 0]
    assert_each_counted_once(tmp_path / "ledger", 24)


@pytest.mark.slow  # starts a process for every kill
def test_a_killed_load_loses_and_doubles_nothing(tmp_path):
    folder, chance = tmp_path / "ledger", random.Random(5)
    for _ in range(6):
        process = load(folder, 0, 1_000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.02, 0.3))
        process.kill()
        assert wait(process) == -9
        assert [finding for finding in open_ledger(folder).verify() if finding.damage] == []
    reached = max(int(batch.key.removeprefix("delivery-")) for batch in open_ledger(folder).batches())
    ledger = open_ledger(folder, small=SMALL)
    for number in range(reached + 1):
        ledger.append(numbered_sites(number, SIZES[number % 3]))
    assert_each_counted_once(folder, reached + 1)
    ledger.sweep()
    assert ledger.verify() == []

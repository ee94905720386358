"""Buckets are shared by all workers of a machine, hold to their rate, and shut nobody out for long."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kieng.web.limits import _PLACES, _SHELVES, Buckets, Rate

_SLOW = Rate(burst=400, refill=0.001)
_WORKER = """
import sys
from pathlib import Path
from kieng.web.limits import Buckets, Rate

buckets = Buckets(Path(sys.argv[1]), "s")
print(flush=True)
sys.stdin.readline()
print(sum(not buckets.take("a", Rate(400, 0.001)).wait for _ in range(300)))
"""


@pytest.fixture
def now() -> list[float]:
    return [1_800_000_000.0]


@pytest.fixture
def opened(tmp_path: Path, now: list[float]) -> Callable[[], Buckets]:
    return lambda: Buckets(tmp_path / "limits", "s", lambda: now[0])


def test_a_bucket_fills_again(opened, now):
    buckets, rate = opened(), Rate(burst=10, refill=1)
    assert buckets.take("a", rate, 10).wait == 0
    told = buckets.take("a", rate, 5)
    assert (told.wait, told.left, told.full) == (5, 0, 10)
    assert buckets.take("b", rate).wait == 0
    now[0] += 5
    assert buckets.take("a", rate, 5).wait == 0
    assert buckets.take("a", rate).wait == 1


def test_what_one_worker_gave_the_next_has_not(opened):
    first, second, rate = opened(), opened(), Rate(burst=3, refill=0.1)
    assert [one.take("a", rate).left for one in (first, second, first)] == [2, 1, 0]
    assert second.take("a", rate).wait == 10
    assert opened().take("a", rate).wait == 10


def test_several_processes_give_together_what_one_may(tmp_path):
    """Four processes ask 1,200 times at once, of a bucket of 400 that hardly fills meanwhile."""
    run = (sys.executable, "-c", _WORKER, str(tmp_path / "limits"))
    workers = [
        subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    for one in workers:
        one.stdout.readline()  # all have the file open before the first asks
    for one in workers:
        one.stdin.write("\n")
        one.stdin.flush()
    given = [int(one.communicate(timeout=60)[0]) for one in workers]
    assert sum(given) == _SLOW.burst
    assert [one.returncode for one in workers] == [0] * 4


def test_several_threads_give_together_what_one_may(opened):
    buckets = opened()
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda _: not buckets.take("a", _SLOW).wait, range(1_000)))
    assert sum(given) == _SLOW.burst


def test_a_process_that_dies_with_a_place_locked_shuts_nobody_out(tmp_path):
    dies = _WORKER.replace("print(flush=True)", "buckets._locked(0).__enter__(); import os; os._exit(9)")
    assert subprocess.run((sys.executable, "-c", dies, str(tmp_path / "limits")), check=False).returncode == 9
    assert all(Buckets(tmp_path / "limits", "s").take(str(n), _SLOW).wait == 0 for n in range(1_000))


@pytest.mark.parametrize("by", [-3_600.0, 3_600.0])
def test_a_clock_that_is_set_shuts_nobody_out(opened, now, by):
    buckets, rate = opened(), Rate(burst=10, refill=1)
    buckets.take("a", rate, 10)
    now[0] += by
    assert buckets.take("a", rate).left == 9


def test_more_askers_than_places_do_not_free_one_who_asked_too_much(opened, now):
    """Full buckets make room first; the file does not grow."""
    buckets, rate = opened(), Rate(burst=10, refill=0.001)
    buckets.take("a", rate, 10)
    for n in range(_SHELVES * _PLACES // 4):
        buckets.take(f"other {n}", rate)
        now[0] += 0.001
    assert buckets.take("a", rate).wait > 0


def test_what_is_spent_already_is_taken_though_there_was_less(opened, now):
    buckets, rate = opened(), Rate(burst=10, refill=1)
    assert buckets.take("a", rate, 4).left == 6
    assert buckets.take("a", rate, 500, afterwards=True).left == 0
    now[0] += 3
    assert buckets.take("a", rate, 0).left == 3


def test_the_file_tells_no_address(opened, tmp_path):
    buckets = opened()
    buckets.take("203.0.113.9", _SLOW)
    content = (tmp_path / "limits").read_bytes()
    assert b"203.0.113.9" not in content
    assert (tmp_path / "limits").stat().st_mode & 0o077 == 0
    assert buckets._named("203.0.113.9") != Buckets(tmp_path / "limits", "other")._named("203.0.113.9")

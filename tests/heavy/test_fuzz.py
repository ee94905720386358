"""Whatever a file or a plan holds: nothing but named problems, every row accounted for, no wrong number.

The ordinary suite tries a few; ``make test-heavy`` as many as tests/heavy/sizes.py says.
"""

from __future__ import annotations

import pytest
from tests.heavy.hunt import hunt
from tests.heavy.seeds import FORMS, seeds
from tests.heavy.sizes import COMMAND_TRIALS, INPUT_TRIALS, PLAN_TRIALS, PROCESSES

INPUT = "tests.heavy.input_trials:trial"
PLAN = "tests.heavy.plan_trials:trial"
COMMAND = "tests.heavy.command_trials:trial"


def none_broken(trial: str, count: int, first: int = 0, processes: int = 1) -> None:
    broken = hunt(trial, count, first, processes)
    assert not broken, "\n\n".join(str(one) for one in broken[:5])


@pytest.mark.slow  # a process of its own, which may crash
def test_some_files_with_anything_in_them() -> None:
    every_mapping_in_every_form = len(seeds()) * len(FORMS)
    assert every_mapping_in_every_form == 192
    none_broken(INPUT, 96, first=1)


@pytest.mark.slow  # a process of its own, which may crash
def test_some_plans_with_anything_in_them() -> None:
    none_broken(PLAN, 6, first=1)


@pytest.mark.slow  # a process of its own, which may crash
def test_some_commands_on_anything() -> None:
    none_broken(COMMAND, 2)


@pytest.mark.heavy
def test_files_with_anything_in_them() -> None:
    none_broken(INPUT, INPUT_TRIALS, processes=PROCESSES)


@pytest.mark.heavy
def test_plans_with_anything_in_them() -> None:
    none_broken(PLAN, PLAN_TRIALS, processes=PROCESSES)


@pytest.mark.heavy
def test_commands_on_anything() -> None:
    none_broken(COMMAND, COMMAND_TRIALS, processes=PROCESSES)

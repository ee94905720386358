"""How much the heavy tests do. Each size is an environment variable; ``make test-heavy`` takes these."""

from __future__ import annotations

import os


def _size(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


INPUT_TRIALS = _size("KIENG_INPUT_TRIALS", 10_000)  # delivered files
PLAN_TRIALS = _size("KIENG_PLAN_TRIALS", 1_000)  # workspaces' texts
COMMAND_TRIALS = _size("KIENG_COMMAND_TRIALS", 200)  # runs of `kieng load` and `kieng check`
KILLS = _size("KIENG_KILLS", 100)  # of processes, per kind of work
PROCESSES = _size("KIENG_PROCESSES", os.cpu_count() or 1)

"""What an heir has yet to tell apart: a promise of one half of it, judged by a figure of that half alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kieng.judgement.board import Line, board
from kieng.judgement.duties import Lack, OpenDuty, duty_of_half
from kieng.judgement.promise import Lookup, has_value
from kieng.plan.definitions import Definitions


def halves_owed(definitions: Definitions, lookup: Lookup, today: date) -> Iterator[OpenDuty]:
    """Each figure of a half that a target waits for, once: the verdict says of the same lines that the
    heir has yet to report it."""
    reported = {
        one.id
        for one in definitions.indicators.values()
        if any(definitions.record_types[rule.record].carries_figures for rule in one.rules)
    }
    found = {}
    for row in board(definitions, lookup, today, reported):
        for line in row.lines:
            if line.period is None or not _waits_for_half(line):
                continue
            duty = duty_of_half(definitions, row.indicator, line.node, line.agency, line.period, today)
            if duty is not None:
                found[duty.indicator, duty.agency, duty.period] = OpenDuty(duty, Lack.FIGURE)
    yield from found.values()


def _waits_for_half(line: Line) -> bool:
    """There is a figure of the whole that is told, and none that the line could be judged by."""
    lacks = line.judgement.standing.lacks_figure and not has_value(line.measurement)
    return lacks and line.node != line.agency and bool(line.told)

"""What the public pages show, made from one state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from kieng.judgement.board import BoardRow, Lookup, board
from kieng.judgement.phrases import target_text
from kieng.judgement.standing import Standing
from kieng.measurement.measurement import Measurement
from kieng.plan.period import Period
from kieng.web.door import State
from kieng.words import Name


@dataclass(frozen=True)
class TargetRow:
    """One target: what it asks for, and where the agencies that answer for it stand."""

    row: BoardRow
    asks: Name
    tally: tuple[tuple[Standing, int], ...]

    @property
    def only(self) -> object:
        """The one line, when one agency alone answers for the target."""
        return self.row.lines[0] if len(self.row.lines) == 1 else None


@dataclass(frozen=True)
class PillarRows:
    name: Name
    rows: tuple[TargetRow, ...]
    tally: tuple[tuple[Standing, int], ...]


def plan_at_a_glance(state: State) -> tuple[PillarRows, ...]:
    """Every target of every plan by pillar."""
    return state.once("plan_at_a_glance", lambda: tuple(_pillars(state)))


def _pillars(state: State) -> Iterable[PillarRows]:
    rows = board(state.definitions, _lookup(state), state.today)
    for pillar, of_pillar in groupby(rows, key=lambda row: row.indicator.pillar):
        made = tuple(_target_row(row) for row in of_pillar)
        lines = [line.judgement.standing for one in made for line in one.row.lines]
        yield PillarRows(state.definitions.pillars[pillar], made, _tally(lines))


def _lookup(state: State) -> Lookup:
    def lookup(indicator: str, agency: str, period: Period) -> Measurement | None:
        return state.of_period(indicator, period).get(agency)

    return lookup


def _target_row(row: BoardRow) -> TargetRow:
    return TargetRow(
        row, target_text(row.target, row.indicator), _tally(line.judgement.standing for line in row.lines)
    )


def _tally(standings: Iterable[Standing]) -> tuple[tuple[Standing, int], ...]:
    found = list(standings)
    return tuple((one, found.count(one)) for one in Standing if one in found)

"""What an agency leads: targets that others' figures decide, apart from those it is set itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kieng.judgement.board import line, standing_day
from kieng.judgement.due import is_closed
from kieng.judgement.leads import led_targets, target_leads
from kieng.judgement.pace import Forecast
from kieng.judgement.promise import Lookup
from kieng.judgement.standing import Tally, tally
from kieng.judgement.target_words import target_text
from kieng.plan.answering import agencies_for
from kieng.plan.indicator import Indicator
from kieng.plan.target import Target
from kieng.web.cockpit.reads import Row, how_bad, level_kind, lookup_of, row_of
from kieng.web.door import State
from kieng.words import Name


@dataclass(frozen=True)
class Led:
    """A target that is led. ``row`` is the one agency's that answers for it; where several do, ``tally``
    says how many stand how, ``whose`` what they are, and ``at`` where all are seen. ``assumed``: that the
    agency leads it is nobody's word but the text's."""

    target: Target
    indicator: Indicator
    asks: Name
    rows: tuple[Row, ...]
    whose: Name | None
    at: str
    assumed: bool

    @property
    def row(self) -> Row | None:
        return self.rows[0] if self.whose is None and self.rows else None

    @property
    def pace(self) -> Forecast | None:
        """Of the one agency that answers for it."""
        return self.row.pace if self.row else None

    @property
    def tally(self) -> Tally:
        return tally(row.standing for row in self.rows)


def led_by(state: State, agency: str) -> tuple[Led, ...]:
    """The targets ``agency`` leads today, the worst first; those that were closed are no longer led."""
    return state.once(("cockpit-led", agency), lambda: tuple(sorted(_led(state, agency), key=_order)))


def _lookup(state: State, agencies: int) -> Lookup:
    """Of one agency all its figures are at hand; of many those of one period are read at once."""
    if agencies == 1:
        return lookup_of(state)
    return state.lookup


def _order(one: Led) -> tuple[object, ...]:
    return (not one.rows, how_bad(one.rows[0]) if one.rows else ())


def _led(state: State, agency: str) -> Iterator[Led]:
    definitions, today = state.definitions, state.today
    top = definitions.tree.on(today).parent_of.get(agency) or agency
    for target in led_targets(definitions, agency, today):
        if is_closed(target, today):
            continue
        indicator = definitions.indicators[target.indicator]
        answering = agencies_for(definitions, target, standing_day(target, today))
        lines = [line(definitions, target, one, _lookup(state, len(answering)), today) for one in answering]
        mine = next(one for one in target_leads(definitions, target, today) if one.agency == agency)
        yield Led(
            target=target,
            indicator=indicator,
            asks=target_text(target, indicator),
            rows=tuple(sorted((row_of(state, one) for one in lines), key=how_bad)),
            whose=level_kind(state, target.level) if len(lines) > 1 and target.level else None,
            at=top,
            assumed=mine.assumed,
        )

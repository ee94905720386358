"""Which figures the public sees. Every public page takes its figures through here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kieng.judgement.board import Line as TargetLine
from kieng.judgement.cells import Cell, tree_of
from kieng.judgement.disclosure import HIDDEN, cell_of, disclose, thresholds_on
from kieng.judgement.disclosure_crossed import disclose_crossed
from kieng.judgement.disclosure_sums import closed_sums, hidden_leaves, told_by_totals
from kieng.judgement.standing import Standing, Tally, tally, worst
from kieng.measurement.closure import Maps, Variant
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, Line, Reading
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.web.door import State
from kieng.words import Name


@dataclass(frozen=True)
class Shown:
    """A measurement as the public sees it: with its figure, or ``hidden`` with the reason."""

    measurement: Measurement | None
    hidden: Name | None = None

    @property
    def has_figure(self) -> bool:
        return self.hidden is None and self.measurement is not None and self.measurement.value is not None


def shown(state: State, one: Measurement | None) -> Shown:
    """``one`` as the public sees it."""
    if one is None or one.value is None:
        return Shown(one)
    if one.breakdown is not None:
        raise ValueError("a breakdown is disclosed together with its total")
    reading = Reading.of(one.reading)
    if reading.line is not None:
        return Shown(one, HIDDEN if one in hidden_lineages(state, one.indicator, one.period) else None)
    if _is_top(state, one) and not small_itself(state.definitions, one):
        return Shown(one)
    return Shown(
        one, HIDDEN if one.agency in hidden_agencies(state, one.indicator, one.period, reading) else None
    )


def hidden_agencies(
    state: State, indicator: str, period: Period, reading: Reading = AS_WAS
) -> frozenset[str]:
    """The agencies whose total of one indicator and period the public does not see."""

    def make() -> frozenset[str]:
        figures = state.read_period(indicator, period, reading)
        return hidden_among(state.definitions, figures, reading)

    return state.once(("hidden", indicator, period, str(reading)), make)


def hidden_among(
    definitions: Definitions, figures: Iterable[Measurement], reading: Reading
) -> frozenset[str]:
    """The same of figures at hand: every agency's total of one indicator, period and reading."""
    known = list(figures)
    if not known:
        return frozenset()
    period = known[0].period
    cells = [cell_in(definitions, one, above_in(definitions, one.agency, period, reading)) for one in known]
    return disclose(cells, thresholds_on(period.last_day)).hidden


def hidden_lineages(state: State, indicator: str, period: Period) -> Sequence[Measurement]:
    """The figures of lineages that the public does not see, of one indicator and period."""

    def make() -> tuple[Measurement, ...]:
        of_lineages = [
            one for line in Line for one in state.read_period(indicator, period, Reading(line=line))
        ]
        as_was = state.read_period(indicator, period)
        return hidden_of_lineages(state.definitions, as_was, of_lineages, state.today)

    return state.once(("hidden lineages", indicator, period), make)


def line_shown(line: TargetLine, as_shown: Callable[[Measurement | None], Shown]) -> Shown:
    """The figure a target is judged by: hidden also where the sentence names another one that is."""
    found = as_shown(line.measurement)
    hidden = next((why for one in line.told if (why := as_shown(one).hidden)), None)
    return Shown(found.measurement, found.hidden or hidden)


def standing_shown(line: TargetLine, figure: Shown) -> Standing | None:
    """Where a target stands by ``figure``; None, withheld, where that would tell a hidden one."""
    return None if figure.hidden else line.judgement.standing


@dataclass(frozen=True)
class Standings:
    """Several standings as the public sees them: how many stand how, and how many are ``withheld``.
    ``worst``: as all of them together stand; None where a withheld one could stand worse."""

    tally: Tally
    withheld: int
    worst: Standing | None

    @classmethod
    def of(cls, standings: Iterable[Standing | None]) -> Standings:
        found = list(standings)
        told = [one for one in found if one is not None]
        withheld, last = len(found) - len(told), worst(told)
        return cls(tally(told), withheld, None if withheld and not last.is_off else last)


def hidden_of_lineages(
    definitions: Definitions, as_was: Sequence[Measurement], of_lineages: Sequence[Measurement], today: date
) -> tuple[Measurement, ...]:
    """The same of figures at hand. A lineage's figure is the sum of those of its agencies as they were: it is
    hidden when it is small, or when it tells a hidden one of theirs."""
    if not of_lineages:
        return ()
    period, maps = of_lineages[0].period, Maps(definitions, today)
    limits = thresholds_on(period.last_day)
    cells = [cell_in(definitions, one, above_in(definitions, one.agency, period, AS_WAS)) for one in as_was]
    tree, hidden = tree_of(cells), disclose(cells, limits).hidden
    leaves = hidden_leaves(tree, hidden)

    def inside(one: Measurement) -> frozenset[str]:
        variant = Variant.of(definitions.indicators[one.indicator].rules[one.rule])
        ways = maps.ways_up(period, Reading.of(one.reading), variant)
        return frozenset(leaf for leaf in leaves if one.agency in ways[leaf])

    told = {f"{one.agency} {one.reading}": [inside(one)] for one in of_lineages}
    closed = closed_sums(told, told_by_totals(tree, hidden), tree.mass, limits)
    return tuple(
        one
        for one in of_lineages
        if f"{one.agency} {one.reading}" in closed or small_itself(definitions, one)
    )


def above_in(definitions: Definitions, agency: str, period: Period, reading: Reading) -> str | None:
    """The agency above on the map that is read: of one that ended within the period, on its last day."""
    tree = definitions.tree
    day = reading.map_day or tree.agencies[agency].last_day_in(period)
    return tree.on(day).parent_of.get(agency) if day else None


def _is_top(state: State, one: Measurement) -> bool:
    return state.definitions.tree.levels[one.level].rank == 0


def cell_in(definitions: Definitions, one: Measurement, within: str | None = None) -> Cell:
    """A figure as a cell that could be told from others."""
    indicator = definitions.indicators[one.indicator]
    kind = definitions.record_types[indicator.rules[one.rule].record]
    return cell_of(one, indicator, within, open_counts=kind.open_counts)


def small_itself(definitions: Definitions, one: Measurement) -> bool:
    """Whether a figure is small for itself. A total above all others is hidden for nothing else (see
    ``judgement.disclosure``). So the long series of a province need not look at every commune's figures."""
    return bool(disclose([cell_in(definitions, one, None)], thresholds_on(one.period.last_day)).hidden)


def hidden_breakdowns(
    definitions: Definitions, totals: Iterable[Measurement], parts: Iterable[Measurement], reading: Reading
) -> frozenset[str]:
    """The agencies whose breakdown by one field the public does not see: ``totals`` and ``parts`` are every
    agency's, of one indicator, period and reading. Also what counts things is guarded here: a value may be
    an enterprise, whose own numbers are its own (Law on Statistics 2015, article 57)."""
    known = list(totals)
    if not known:
        return frozenset(one.agency for one in parts)
    indicator, period = definitions.indicators[known[0].indicator], known[0].period
    cells = [cell_of(one, indicator, above_in(definitions, one.agency, period, reading)) for one in known]
    rows: dict[str, list[Cell]] = {}
    for one in parts:
        value = one.breakdown[1] if one.breakdown else None
        rows.setdefault(one.agency, []).append(cell_of(one, indicator, None, repr(value)))
    without = frozenset(rows) - {one.agency for one in known}
    return disclose_crossed(cells, rows, thresholds_on(period.last_day)) | without

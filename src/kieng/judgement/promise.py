"""The figure a promise is judged by: of the lineage it was made for, its period whole.

Where an agency serves the heirs of several at once (a department after two provinces merged), its part for
one of them cannot be cut: the figure stands *without* and *with* it, and both are told. What the heir reports
of itself is a figure of the whole, and none of the half that promised, unless the plan says that it is about
the same thing (``heir_reports``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kieng.judgement.due import accrues
from kieng.measurement.lineage_ways import shared_in
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import AS_WAS, LINEAGE, LINEAGE_SHARED, Reading
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator, RollUp, Rule
from kieng.plan.lineage import made_on, promised_by
from kieng.plan.period import Period
from kieng.plan.target import Target

_DAY = timedelta(days=1)

Lookup = Callable[[str, str, Period, Reading], Measurement | None]
"""The figure of (indicator, agency, period, reading), or None."""


@dataclass(frozen=True)
class Part:
    """How one agency of a lineage stood in its part of the period, on the map as it was."""

    agency: str
    first: date
    last: date
    measurement: Measurement | None


@dataclass(frozen=True)
class Basis:
    """What there is to judge a promise by in one period. ``node`` is the agency whose lineage it is.

    ``own``: without what is shared. ``whole``: with all of it, where something is. ``shared`` names what
    cannot be cut. ``of_heir``: ``whole`` is what the heir reports of itself.
    """

    node: str
    period: Period
    own: Measurement | None
    whole: Measurement | None = None
    shared: tuple[str, ...] = ()
    of_heir: bool = False

    @property
    def figure(self) -> Measurement | None:
        """The figure that is told: with what is shared, where that is not the heir's own report."""
        return self.whole if has_value(self.whole) and not self.of_heir else self.own

    @property
    def has_figure(self) -> bool:
        return has_value(self.own) or (has_value(self.whole) and not self.of_heir)


def has_value(one: Measurement | None) -> bool:
    return one is not None and one.value is not None


def node_of(definitions: Definitions, target: Target, agency: str, day: date) -> str:
    """The agency whose lineage a target is judged by where ``agency`` answers for it on ``day``: the one it
    was made for, when that lives on in ``agency``; else ``agency`` itself."""
    plan = definitions.plans[target.plan]
    promised = promised_by(target, plan, definitions.tree)
    if promised is None or promised == agency:
        return agency
    since = made_on(plan, definitions.tree)
    return promised if definitions.lineages.stands_for(agency, promised, since, day) else agency


def basis_in(
    definitions: Definitions, target: Target, node: str, period: Period, lookup: Lookup, today: date
) -> Basis:
    """What there is of ``node`` in ``period`` up to ``today``."""
    indicator = definitions.indicators[target.indicator]
    followed = definitions.lineages.followed(period, today)
    if node not in followed:
        return Basis(node, period, lookup(indicator.id, node, period, AS_WAS))
    own = lookup(indicator.id, node, period, LINEAGE)
    whole = lookup(indicator.id, node, period, LINEAGE_SHARED) if node in followed.ended else None
    rule = indicator.rule_for(period)
    if whole is None or rule is None:
        return Basis(node, period, own)
    if target.heir_reports is not None:
        return Basis(node, period, whole)
    if own is not None and _same(own, whole):
        return Basis(node, period, own)
    shared = shared_in(definitions, rule, period, node, today)
    return Basis(node, period, own, whole, shared, _is_of_heir(rule, whole))


def best_basis(
    definitions: Definitions,
    target: Target,
    node: str,
    periods: Iterable[Period],
    lookup: Lookup,
    today: date,
) -> Basis | None:
    """Of the first period, best first, that has a figure; else of the first that has one of the heir; else of
    the first. None without a period."""
    found: list[Basis] = []
    for period in periods:
        one = basis_in(definitions, target, node, period, lookup, today)
        if one.has_figure:
            return one
        found.append(one)
    return next((one for one in found if has_value(one.whole)), found[0] if found else None)


def _same(one: Measurement, other: Measurement) -> bool:
    """Whether two figures rest on the same records."""
    return (one.value, one.parts, one.used) == (other.value, other.parts, other.used)


def _is_of_heir(rule: Rule, whole: Measurement) -> bool:
    """Whether what is shared is the heir's own report: where only the node's own level reports, and
    where no figure is made of others', whoever else reports one."""
    return rule.roll_up is RollUp.NONE or set(rule.reporters) == {whole.level}


def parts_of(
    definitions: Definitions, indicator: Indicator, basis: Basis, agency: str, lookup: Lookup, today: date
) -> tuple[Part, ...]:
    """How each agency stood in its part of the period, in the order of time; nothing when the period has one
    part, or none: a stock stands on one day, and what the heir has then is of all its territory."""
    rule = indicator.rule_for(basis.period)
    if rule is None or not accrues(rule):
        return ()
    if basis.node not in definitions.lineages.followed(basis.period, today):
        return ()
    ids = {basis.node, agency, *_forebears(definitions, basis.node, basis.period)}
    found = [_part(definitions, indicator, one, basis.period, lookup) for one in ids]
    parts = sorted((one for one in found if one), key=lambda one: (one.first, one.agency))
    return tuple(parts) if len(parts) > 1 else ()


def _forebears(definitions: Definitions, node: str, period: Period) -> Iterator[str]:
    """What a node that opened within the period was on the eve of its opening, on its own level."""
    opened, tree = definitions.tree.agencies[node].opened, definitions.tree
    if opened is None or not period.start < opened <= period.last_day:
        return
    level = tree.on(opened).level_of[node]
    for one in definitions.lineages.origins(node, opened, opened - _DAY):
        if tree.on(opened - _DAY).level_of[one] == level:
            yield one


def _part(
    definitions: Definitions, indicator: Indicator, agency: str, period: Period, lookup: Lookup
) -> Part | None:
    known = definitions.tree.agencies[agency]
    last = known.last_day_in(period)
    if last is None:
        return None
    first = max(period.start, known.opened or period.start)
    return Part(agency, first, last, lookup(indicator.id, agency, period, AS_WAS))

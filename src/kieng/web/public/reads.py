"""The plan at a glance, made from one state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from kieng.judgement.attention import Call, Urgency, urgency
from kieng.judgement.board import BoardRow, Line, board
from kieng.judgement.phrases import both, difference, made_up
from kieng.judgement.standing import Standing
from kieng.judgement.target_words import target_text
from kieng.measurement.measurement import Measurement
from kieng.plan.indicator import Indicator
from kieng.plan.target import Plan, Target
from kieng.web.door import State
from kieng.web.public.series import Spark, newest, spark_of
from kieng.web.public.shown import Shown, Standings, line_shown, shown, standing_shown
from kieng.web.public.source import now
from kieng.words import Name

_FIRST = 6


@dataclass(frozen=True)
class TargetRow:
    """One target: what it asks for, and where the agencies that answer for it stand. ``only`` is the one
    line and ``figure`` its figure, when one agency alone answers for it. ``mark`` is the word for made-up
    figures where some line rests on them, else empty."""

    target: Target
    plan: Plan
    asks: Name
    level: Name | None
    count: int
    told: Standings
    only: Line | None
    figure: Shown
    short: Name | None
    urgency: Urgency
    mark: Name

    @property
    def reason(self) -> Name | None:
        """Why it stands so, unless that would tell a hidden figure."""
        return self.figure.hidden or (self.only.judgement.reason if self.only else None)

    @property
    def is_closed(self) -> bool:
        return self.told.worst is not None and self.told.worst.is_closed


@dataclass(frozen=True)
class IndicatorRows:
    """One indicator: the newest figure of the agency at the top, and every target set for it."""

    indicator: Indicator
    figure: Shown
    spark: Spark | None
    targets: tuple[TargetRow, ...]

    @property
    def worst(self) -> TargetRow:
        return min(self.targets, key=lambda one: one.urgency.key)


@dataclass(frozen=True)
class PillarRows:
    id: str
    name: Name
    indicators: tuple[IndicatorRows, ...]
    summary: Name


@dataclass(frozen=True)
class PlanPage:
    """``first``: what is off or at risk and can still be saved. ``lost``: what was missed for good."""

    pillars: tuple[PillarRows, ...]
    told: Standings
    count: int
    first: tuple[IndicatorRows, ...]
    more: int
    lost: tuple[tuple[Indicator, TargetRow], ...]


def plan_at_a_glance(state: State) -> PlanPage:
    """Every target of every plan, by pillar and indicator."""
    return state.once("plan_at_a_glance", lambda: _plan(state))


def _plan(state: State) -> PlanPage:
    rows = board(state.definitions, state.lookup, state.today)
    pillars = tuple(_pillars(state, rows))
    found = [one for pillar in pillars for one in pillar.indicators]
    off = [one for one in found if one.worst.urgency.call.is_ahead]
    off.sort(key=lambda one: one.worst.urgency.key)
    lost = [(i.indicator, t) for i in found for t in i.targets if t.urgency.call is Call.LOST]
    targets = [target for one in found for target in one.targets]
    return PlanPage(
        pillars,
        Standings.of(target.told.worst for target in targets),
        len(targets),
        tuple(off[:_FIRST]),
        max(0, len(off) - _FIRST),
        tuple(sorted(lost, key=lambda one: one[1].urgency.key)),
    )


def top_agency(state: State) -> str:
    """The agency at the top of today's tree: the one with most below it."""
    tree = state.definitions.tree.on(state.today)
    roots = [agency for agency, above in tree.parent_of.items() if above is None]
    return max(roots, key=lambda root: (sum(1 for _ in tree.subtree(root)), root))


def _pillars(state: State, rows: Sequence[BoardRow]) -> Iterator[PillarRows]:
    for pillar, of_pillar in groupby(rows, key=lambda row: row.indicator.pillar):
        by_indicator: dict[str, list[BoardRow]] = {}
        for row in of_pillar:
            by_indicator.setdefault(row.indicator.id, []).append(row)
        made = tuple(_indicator_rows(state, found) for found in by_indicator.values())
        ordered = tuple(sorted(made, key=lambda one: one.worst.urgency.key))
        yield PillarRows(pillar, state.definitions.pillars[pillar], ordered, _summary(ordered))


def _indicator_rows(state: State, rows: Sequence[BoardRow]) -> IndicatorRows:
    indicator = rows[0].indicator
    targets = tuple(
        sorted((target_row(state, row) for row in rows), key=lambda one: (one.target.by, one.asks.vi))
    )
    source = now(state, indicator.id)
    one = newest(source, top_agency(state)) or _newest_judged(rows)
    figure = shown(state, one)
    line = next((t.target.value for t in targets if not t.is_closed and t.target.value), None)
    spark = spark_of(source, indicator, one, line) if one and figure.has_figure else None
    return IndicatorRows(indicator, figure, spark, targets)


def _newest_judged(rows: Sequence[BoardRow]) -> Measurement | None:
    found = [row.lines[0].measurement for row in rows if len(row.lines) == 1]
    told = [one for one in found if one is not None and one.value is not None]
    return max(told, key=lambda one: one.period.last_day, default=None)


def target_row(state: State, row: BoardRow) -> TargetRow:
    """One target as the public sees it."""
    definitions, target = state.definitions, row.target
    seen = [(line, line_shown(line, partial(shown, state))) for line in row.lines]
    only, figure = seen[0] if len(seen) == 1 else (None, Shown(None))
    told = [line for line, one in seen if one.hidden is None]
    gap = only.judgement.gap_to_target if only and not figure.hidden else None
    return TargetRow(
        target,
        definitions.plans[target.plan],
        target_text(target, row.indicator),
        definitions.tree.levels[target.level].name if target.level else None,
        len(row.lines),
        Standings.of(standing_shown(line, one) for line, one in seen),
        only,
        figure,
        difference(-gap, row.indicator) if gap is not None and gap < 0 else None,
        urgency(row.lines, definitions.tree, lambda line: any(line is one for one in told)),
        made_up(line.measurement for line in row.lines),
    )


def _summary(indicators: Sequence[IndicatorRows]) -> Name:
    """A pillar in one sentence: how many are met, and what is farthest from its target."""
    said = _counted(
        [target.told.worst for one in indicators for target in one.targets if not target.is_closed]
    )
    farthest = indicators[0]
    if not farthest.worst.urgency.call.is_ahead:
        return both("{s}.", "{s}.", s=said)
    return both(
        "{s}. Cần xử lý trước: {name}.", "{s}. First to act on: {name}.", s=said, name=farthest.indicator.name
    )


def _counted(standings: Sequence[Standing | None]) -> Name:
    """How many targets are met, cannot be judged yet, and are withheld."""
    told = [one for one in standings if one is not None]
    met, judged = sum(1 for one in told if one.is_good), sum(1 for one in told if one.is_judged)
    said = [
        both(
            "{met} trong {judged} chỉ tiêu đánh giá được là đạt hoặc đúng tiến độ",
            "{met} of the {judged} targets that can be judged are met or on course",
            met=met,
            judged=judged,
        )
    ]
    if unknown := len(told) - judged:
        said.append(both("{n} chỉ tiêu chưa đánh giá được", "{n} cannot be judged yet", n=unknown))
    if withheld := len(standings) - len(told):
        vi, en = "{n} chỉ tiêu không công bố mức đạt", "the standing of {n} is not published"
        said.append(both(vi, en, n=withheld))
    if not judged and len(said) > 1:
        del said[0]
    return Name("; ".join(one.vi for one in said), "; ".join(one.en for one in said))

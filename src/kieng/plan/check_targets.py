"""Whether targets make sense: against their indicator, the calendar, the tree and one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from kieng.plan.agency import AgencyTree
from kieng.plan.formula.nodes import Earlier
from kieng.plan.indicator import PERCENT, Better, Indicator
from kieng.plan.lineage import promised_by
from kieng.plan.stated import check_precision
from kieng.plan.target import Milestone, Plan, Target, TargetKind
from kieng.problems import Problems, near

_DAY = timedelta(days=1)
_LONGEST_PAST = 10  # years of a way that may lie before a plan that is issued anew
_FLOORS = (TargetKind.AT_LEAST, TargetKind.MORE_THAN)
_CEILINGS = (TargetKind.AT_MOST, TargetKind.LESS_THAN, TargetKind.RANK_AT_MOST)


def check_plan(plan: Plan, indicators: Mapping[str, Indicator], tree: AgencyTree, problems: Problems) -> None:
    """Every problem of a plan's targets that shows without other plans."""
    for target in plan.targets:
        indicator = indicators.get(target.indicator)
        if indicator is not None:
            _check_watch(target, indicator, tree, problems)
            _check_figures(target, indicator, problems)
            _check_side(target, indicator, problems)
            _check_ranks(target, indicator, problems)
            _check_milestones(target, indicator, problems)
            _check_ends(target, indicator, problems)
        _check_days(target, plan, problems)
        _check_closing(target, tree, problems)
        _check_heir(target, plan, tree, problems)
    _check_twins(plan.targets, problems)


def _check_watch(target: Target, indicator: Indicator, tree: AgencyTree, problems: Problems) -> None:
    """The indicator must be read at the target's level, up to its deadline or its closing."""
    levels = {target.level} if target.level else _levels_ever(tree, target.agency)
    watches = [watch for watch in indicator.watch if watch.level in levels]
    if levels and indicator.watch and not watches:
        why = f"The indicator {indicator.id} is not read at the level of this target."
        remedy = f"Add the level to `watch:` at {indicator.place}, or set the target for another level."
        problems.add(target.place, "level-not-watched", why, remedy, target.level or target.agency)
        return
    until = {watch.until for watch in watches}
    end = max((day for day in until if day), default=None)
    gone = target.level is not None and not level_held(tree, target.level, target.by)  # said elsewhere
    if gone or end is None or None in until or end >= (target.closes or target.by + _DAY):
        return
    why = f"The indicator {indicator.id} is read at this level only until {end}."
    remedy = f"Say `closes: {end}` and `because:`, or set an earlier deadline."
    problems.add(target.place, "watch-ends", why, remedy, target.by)


def _levels_ever(tree: AgencyTree, agency: str | None) -> set[str]:
    found = tree.agencies.get(agency or "")
    return {fact.value for fact in found.levels} if found else set()


def _check_figures(target: Target, indicator: Indicator, problems: Problems) -> None:
    baseline = target.baseline.value if target.baseline else None
    told = (baseline, target.value, target.upper, *(m.value for m in target.milestones))
    figures = [figure for figure in told if figure is not None]
    if target.baseline is not None:
        check_precision(target.baseline.precision, target.place, problems)
    if target.upper is not None and target.value is not None and target.value > target.upper:
        why = "The lower end of the range is above the upper one."
        remedy = f"Write between: [{target.upper}, {target.value}]."
        problems.add(target.place, "range-upside-down", why, remedy, f"{target.value}, {target.upper}")
    if (
        indicator.unit == PERCENT
        and not _grows(indicator)
        and not all(Decimal(0) <= f <= Decimal(100) for f in figures)
    ):
        why = "A percentage of a whole lies between 0 and 100."
        remedy = "Write 90 for 90 %, or give the indicator another unit."
        problems.add(target.place, "percent-out-of-range", why, remedy, ", ".join(map(str, figures)))
    if target.kind is TargetKind.RANK_AT_MOST and indicator.unit == PERCENT:
        why = "A percentage is no rank."
        remedy = "Write at_least or at_most, or choose the indicator of the rank."
        problems.add(target.place, "rank-of-no-rank", why, remedy, indicator.id)
    if target.kind is TargetKind.RANK_AT_MOST and (target.value or 0) < 1:
        problems.add(target.place, "rank-below-one", "The best rank is 1.", "Write 1 or more.", target.value)
    if target.kind is TargetKind.UNIVERSAL and indicator.unit != PERCENT:
        why = "Only a share of a whole can be said to reach everybody."
        remedy = "Choose an indicator in percent, or another kind of target."
        problems.add(target.place, "universal-of-no-share", why, remedy, indicator.unit)
    if target.kind is TargetKind.DIRECTION and target.baseline is None and not target.starts_measured:
        why = "Better than what is not said."
        problems.add(target.place, "no-baseline", why, "Add `baseline:` with value, day and source.")


def _grows(indicator: Indicator) -> bool:
    """Whether it compares with earlier: growth may be more than a whole, and less than nothing."""
    return any(rule.formula.holds(Earlier) for rule in indicator.rules)


def _check_side(target: Target, indicator: Indicator, problems: Problems) -> None:
    """A floor where lower is better would praise what is worse."""
    if target.kind in _FLOORS and indicator.better is Better.LOWER:
        why = f"Of {indicator.id} lower is better, and this target asks for no less than {target.value}."
        remedy = "Write `at_most:` or `less_than:`, or correct the indicator's `better:`."
        problems.add(target.place, "floor-where-lower-is-better", why, remedy, target.kind)


def _check_ranks(target: Target, indicator: Indicator, problems: Problems) -> None:
    """A rank is one of 1, 2, 3 … up to how many are ranked; a mean of several years' need not be."""
    ranked = target.kind is TargetKind.RANK_AT_MOST or indicator.is_rank
    if not ranked or indicator.unit == PERCENT or target.kind is TargetKind.DONE:
        return
    start = target.baseline
    field = target.out_of or (start.out_of if start else None)
    told = [(value, field) for value in (target.value, target.upper, *(m.value for m in target.milestones))]
    told += [(start.value, start.out_of)] if start and not start.over else []
    for value, among in told:
        if value is not None and not _is_rank(value, among) and not _told_below_one(target, value):
            why = f"Ranks are whole numbers from 1 on{f', up to {among} here' if among else ''}."
            problems.add(target.place, "no-such-rank", why, "Correct the rank, or `out_of:`.", value)


def _is_rank(value: Decimal, among: int | None) -> bool:
    return value >= 1 and value == int(value) and (among is None or value <= among)


def _told_below_one(target: Target, value: Decimal) -> bool:
    return target.kind is TargetKind.RANK_AT_MOST and value == target.value and value < 1


def _check_days(target: Target, plan: Plan, problems: Problems) -> None:
    if target.by < plan.valid_from:
        why = f"The deadline lies before the plan begins ({plan.valid_from})."
        problems.add(target.place, "deadline-before-plan", why, "Correct one of the two days.", target.by)
    end = target.closes or target.by + _DAY
    if plan.valid_to and end > plan.valid_to:
        why = f"The deadline lies after the plan's end: from {plan.valid_to} on it no longer holds."
        remedy = "Move `valid_to` (the first day without the plan), or say `closes:` and `because:`."
        problems.add(target.place, "deadline-after-plan", why, remedy, target.by)
    if target.milestones and target.follows is None and _begins_too_early(target.milestones, plan):
        first = target.milestones[0].by
        why = f"A milestone lies before the plan begins ({plan.valid_from})."
        remedy = "If it had been reached by then, write it as the `baseline:`; else correct the day."
        problems.add(target.place, "milestone-before-plan", why, remedy, first)
    if target.baseline and target.baseline.on >= target.by:
        why = f"The way begins on {target.baseline.on}, not before its deadline."
        problems.add(target.place, "baseline-after-deadline", why, "Correct one of the two days.", target.by)


def _begins_too_early(milestones: Sequence[Milestone], plan: Plan) -> bool:
    """A plan that is issued anew may tell the whole way, also what of it is past; a way that ends before the
    plan begins is none, and one that begins a generation before it is a slip of the pen."""
    over = milestones[-1].by < plan.valid_from
    return over or plan.valid_from.year - milestones[0].by.year > _LONGEST_PAST


def _check_heir(target: Target, plan: Plan, tree: AgencyTree, problems: Problems) -> None:
    """That an heir reports the very thing that was promised can be said of one agency's promise only."""
    known = plan.scope in tree.agencies and target.agency in (None, *tree.agencies)
    if target.heir_reports is None or not known or promised_by(target, plan, tree) is not None:
        return
    why = f"This target is put to every {target.level}, each with its own figure."
    remedy = "Leave `heir_reports:` out, or set the target for the plan's own agency."
    problems.add(target.place, "heir-of-a-level", why, remedy, target.level)


def _check_milestones(target: Target, indicator: Indicator, problems: Problems) -> None:
    days = [m.by for m in target.milestones]
    if any(later <= earlier for earlier, later in pairwise(days)):
        why = "The milestones do not follow one another in time."
        problems.add(target.place, "milestones-out-of-order", why, "Write the earliest first.", _list(days))
    if target.baseline and days and days[0] <= target.baseline.on:
        why = f"A milestone lies before the baseline ({target.baseline.on})."
        problems.add(target.place, "milestone-before-baseline", why, "Correct one of the days.", days[0])
    if any(day >= target.by for day in days):
        why = f"A milestone does not lie before the deadline ({target.by})."
        problems.add(target.place, "milestone-after-deadline", why, "Leave it out.", _list(days))
    way = _way(target)
    if len(way) > 1 and _turns_back(way, _up(target, indicator)):
        why = "The milestones do not lead the indicator's way."
        remedy = "Let every step come nearer to the target, or correct the indicator's `better:`."
        problems.add(target.place, "milestones-turn-back", why, remedy, _list(way))
    _check_start(target, indicator, problems)


def _check_start(target: Target, indicator: Indicator, problems: Problems) -> None:
    """A way that leads on from the baseline does not begin by falling behind it."""
    start, steps, up = target.baseline, target.milestones, _up(target, indicator)
    if start is None or not steps or target.value is None or start.covers is not None:
        return
    if target.out_of and start.out_of and target.out_of != start.out_of:
        return  # ranks among others do not compare
    leads_on = not _turns_back([start.value, target.value], up)
    if leads_on and _turns_back([start.value, steps[0].value], up):
        why = f"The first milestone falls behind the baseline, {start.value}, and the target lies beyond it."
        remedy = "Correct the milestone or the baseline."
        problems.add(target.place, "milestone-behind-baseline", why, remedy, steps[0].value)


def _check_ends(target: Target, indicator: Indicator, problems: Problems) -> None:
    """``binds_above``/``binds_below`` are for the better end of a range, ``out_of`` for a rank."""
    ranged = target.kind in (TargetKind.BETWEEN, TargetKind.ABOUT)
    up = indicator.better is Better.HIGHER
    for key, said, end in (
        ("binds_above", target.binds_above, up),
        ("binds_below", target.binds_below, not up),
    ):
        if said and not (ranged and end):
            why = "Only a range or `about` has an end on the better side that could bind."
            remedy = (
                f"Leave `{key}:` out, or write `binds_above:` where higher is better, else `binds_below:`."
            )
            problems.add(target.place, "idle-binding", why, remedy, key)
    if target.out_of is not None and target.kind is not TargetKind.RANK_AT_MOST:
        why = "Only a rank is one among several."
        remedy = "Leave `out_of:` out; of `direction` it belongs to the `baseline:`."
        problems.add(target.place, "idle-field", why, remedy, target.out_of)


def _way(target: Target) -> list[Decimal]:
    """The milestones and, where the kind has one, the figure they lead to."""
    way = [m.value for m in target.milestones]
    if way and target.value is not None:
        way.append(target.value)
    return way


def _up(target: Target, indicator: Indicator) -> bool:
    """Whether the way leads to higher figures: a floor and a ceiling say so themselves."""
    if target.kind in (*_FLOORS, *_CEILINGS):
        return target.kind in _FLOORS
    return indicator.better is Better.HIGHER


def _turns_back(way: Sequence[Decimal], up: bool) -> bool:
    return any(later < earlier if up else later > earlier for earlier, later in pairwise(way))


def _list(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values)


def _check_closing(target: Target, tree: AgencyTree, problems: Problems) -> None:
    if target.closes and not target.because:
        why = "A target is closed early, and no reason is given."
        problems.add(target.place, "closes-without-because", why, "Add `because:`.", target.closes)
    if target.closes and target.because and not any(letter.isalpha() for letter in target.because):
        why = "The reason for closing says nothing."
        problems.add(target.place, "because-says-nothing", why, "Say why in words.", target.because)
    if target.because and not target.closes:
        why = "A reason for closing stands here without a day."
        problems.add(target.place, "because-without-closes", why, "Add `closes:`.", target.because)
    if target.closes and target.closes > target.by:
        why = f"The target closes after its deadline ({target.by})."
        remedy = "Leave `closes:` out: a target is judged for good at its deadline."
        problems.add(target.place, "closes-after-deadline", why, remedy, target.closes)
    if (
        target.closes is None
        and target.level
        and tree.agencies
        and not level_held(tree, target.level, target.by)
    ):
        end = level_end(tree, target.level)
        why = f"No agency has the level {target.level} on the deadline, {target.by}"
        why += f": the level ends on {end}." if end else "."
        remedy = f"Say `closes: {end or 'DAY'}` and `because:`, so that the target ends with its level."
        problems.add(target.place, "level-gone", why, remedy, target.level)


def level_held(tree: AgencyTree, level: str, day: date) -> bool:
    """Whether any agency has ``level`` on ``day``."""
    return level in tree.on(day).level_of.values()


def level_end(tree: AgencyTree, level: str) -> date | None:
    """The first day from which on no agency has ``level`` any more, or None when it goes on."""
    end = None
    for day in reversed(tree.change_days):
        if level_held(tree, level, day):
            break
        end = day
    return end


def _check_twins(targets: Sequence[Target], problems: Problems) -> None:
    """One plan promises one thing for one indicator, level and day."""
    seen: dict[tuple[str, str | None, str | None, date], Target] = {}
    for target in targets:
        if target.closes:
            continue
        key = (target.indicator, target.level, target.agency, target.by)
        first = seen.setdefault(key, target)
        if first is not target:
            why = (
                f"The plan sets this indicator two targets for {target.level or target.agency} by {target.by}"
            )
            why += f"; the other stands at {first.place}."
            problems.add(target.place, "two-targets", why, "Keep one, or close one with a reason.", target.id)


def check_ids(targets: Sequence[Target], problems: Problems) -> None:
    """No two targets of all plans share an id."""
    seen: dict[str, Target] = {}
    for target in targets:
        first = seen.setdefault(target.id, target)
        if first is not target:
            why = f"Two targets have this id; the other stands at {first.place}."
            problems.add(target.place, "duplicate-target", why, "Give one of them an `id:`.", target.id)


def check_follows(targets: Sequence[Target], problems: Problems) -> None:
    """``follows`` names a target that there is, and never leads back to where it began."""
    by_id = {target.id: target for target in targets}
    for target in targets:
        if target.follows is None:
            continue
        if target.follows not in by_id:
            why = "No target has the id that this one follows."
            problems.add(target.place, "unknown-target", why, near(target.follows, by_id), target.follows)
        elif _leads_back(target, by_id):
            why = "These targets follow one another in a circle."
            problems.add(target.place, "follows-circle", why, "Let the older target follow none.", target.id)


def _leads_back(target: Target, by_id: Mapping[str, Target]) -> bool:
    seen: set[str] = set()
    at: Target | None = target
    while at is not None and at.follows and at.id not in seen:
        seen.add(at.id)
        at = by_id.get(at.follows)
    return at is target

"""The family of a series: what is looked at together with it, wherever it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from kieng.judgement.family import Family, Share, family_of
from kieng.judgement.parameters import built_in
from kieng.judgement.phases import phases
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import Reading
from kieng.plan.baseline_periods import BaselinePeriods, chosen_for
from kieng.web.door import State
from kieng.web.totals import Told


def chosen_of(state: State, newest: Measurement) -> tuple[BaselinePeriods, ...]:
    """The baselines that were chosen for a series, by its newest figure."""
    rows = state.definitions.baselines
    return chosen_for(rows, newest.indicator, newest.agency, newest.level)


def series_family(state: State, newest: Measurement) -> Family:
    """The series of all agencies of the level that have a figure in the period of ``newest`` and can be
    judged by a control chart: one and the same for each of them."""
    key = ("family", newest.indicator, newest.level, newest.period, newest.reading)
    return state.once(key, lambda: _family(state, newest))


def _family(state: State, newest: Measurement) -> Family:
    totals = state.totals(newest.level, Reading.of(newest.reading))
    rows, baselines = state.definitions.baselines, list[list[Share]]()
    for agency, told in totals.told(newest.indicator, newest.period).items():
        chosen = chosen_for(rows, newest.indicator, agency, newest.level)
        baseline = _baseline(told, newest, chosen)
        if baseline is not None:
            baselines.append(baseline)
    return family_of(len(baselines), baselines)


def _baseline(
    told: Sequence[Told], newest: Measurement, chosen: Sequence[BaselinePeriods]
) -> list[Share] | None:
    """The shares of a series' baseline, none where it is no share; None where the series is not judged."""
    day, known = newest.period.last_day, built_in()
    by_rule = {one.period: one for one in told if one.rule == told[-1].rule}
    phase = phases(list(by_rule), chosen, int(known.on("chart_baseline_points", day)))[-1]
    if len(phase.base) < known.on("chart_least_points", day) or not phase.after:
        return None
    return _shares([by_rule[period] for period in phase.base])


def _shares(base: Sequence[Told]) -> list[Share]:
    shares = [(one.part, one.whole) for one in base if one.part is not None and one.whole]
    return [(part, whole) for part, whole in shares if 0 <= part <= whole]

"""Where the way to a target begins when no document says so: at the first measurement, if the plan says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from kieng.judgement.bounds import is_thin
from kieng.judgement.due import periods_over
from kieng.judgement.parameters import built_in
from kieng.measurement.measurement import Measurement
from kieng.plan.indicator import Indicator
from kieng.plan.period import Period
from kieng.plan.stated import Precision
from kieng.plan.target import Baseline, Target

Find = Callable[[Period], Measurement | None]


def started(target: Target, indicator: Indicator, since: date, before: date, find: Find) -> Target:
    """``target`` with the first figure of a period that ended from ``since`` on and ``before`` the one
    that is judged as its baseline, where the plan says ``baseline: first_measurement``; else as it is. The
    figure of a few, from whom a way would begin that nobody is on, is none."""
    if not target.starts_measured or target.baseline is not None:
        return target
    for period in periods_over(target, indicator, before, since):
        found = find(period)
        if found is not None and found.value is not None and not is_thin(found, built_in()):
            precision = (Precision.ESTIMATED,) if found.state == "estimate" else ()
            baseline = Baseline(found.value, period.last_day, precision=precision, is_first_measurement=True)
            return replace(target, baseline=baseline)
    return target

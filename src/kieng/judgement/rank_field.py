"""A rank is a rank among so many: in another field the same number says something else."""

from __future__ import annotations

from datetime import date

from kieng.judgement import sentences as say
from kieng.judgement.due import is_due
from kieng.judgement.precision import stated_of
from kieng.measurement.measurement import Measurement
from kieng.plan.indicator import Indicator
from kieng.plan.target import Baseline, Target, TargetKind
from kieng.words import Name


def other_field(target: Target, indicator: Indicator, measurement: Measurement, today: date) -> Name | None:
    """Why a rank does not compare: the promise was made among others."""
    field, baseline = _field(indicator, measurement), target.baseline
    if field is not None and target.out_of is not None and field != target.out_of:
        return say.other_field(indicator, measurement, field, target.out_of, None)
    asked = other_than_baseline(target, indicator, measurement)
    if target.kind is not TargetKind.DIRECTION or field is None or baseline is None:
        return None
    if asked is not None:
        return say.other_field(indicator, measurement, field, asked, baseline)
    return None if is_due(target, today) else _field_gone(indicator, measurement, baseline, today)


def _field_gone(
    indicator: Indicator, measurement: Measurement, baseline: Baseline, today: date
) -> Name | None:
    """Why no rank to come will compare: since ``measurement`` others are ranked."""
    later = [one for one in indicator.stated if one.out_of and measurement.period.last_day < one.on <= today]
    newest = max(later, key=lambda one: one.on, default=None)
    if newest is None or baseline.out_of in (None, newest.out_of):
        return None
    return say.field_gone(indicator, newest, measurement, baseline)


def other_than_baseline(target: Target, indicator: Indicator, measurement: Measurement) -> int | None:
    """Among how many the baseline was ranked, where the figure is ranked among another number."""
    asked = target.baseline.out_of if target.baseline else None
    field = _field(indicator, measurement)
    return asked if field is not None and asked != field else None


def _field(indicator: Indicator, measurement: Measurement) -> int | None:
    """Among how many the figure is ranked, where its source says so."""
    stated = stated_of(measurement, indicator)
    return stated.out_of if stated else None

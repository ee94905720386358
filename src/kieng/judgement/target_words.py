"""What a target asks for, in words: whole sentences of the plan, and what stands behind "mục tiêu"."""

from __future__ import annotations

from decimal import Decimal

from kieng.judgement.phrases import at_day, both, figure, is_percentage, number
from kieng.judgement.precision import baseline_told
from kieng.plan.indicator import Better, Indicator
from kieng.plan.target import Target, TargetKind
from kieng.words import Name

_TARGETS = {
    TargetKind.AT_LEAST: ("ít nhất {value}", "at least {value}"),
    TargetKind.MORE_THAN: ("trên {value}", "more than {value}"),
    TargetKind.AT_MOST: ("không quá {value}", "at most {value}"),
    TargetKind.LESS_THAN: ("dưới {value}", "less than {value}"),
    TargetKind.ABOUT: ("khoảng {value} (± {tolerance})", "about {value} (± {tolerance})"),
    TargetKind.EXACTLY: ("đúng {value}", "exactly {value}"),
    TargetKind.BETWEEN: ("từ {low} đến {upper}", "{low} to {upper}"),
    TargetKind.RANK_AT_MOST: ("{value} trở lên", "{value} or better"),
    TargetKind.DONE: ("hoàn thành", "done"),
    TargetKind.UNIVERSAL: ("{wording}", "{wording}"),
    TargetKind.DIRECTION: ("{better} mức {when} ({start})", "{better} than {when} ({start})"),
}
_BRIEFLY = {
    **_TARGETS,
    TargetKind.AT_LEAST: ("{value}", "{value}"),
    TargetKind.BETWEEN: ("{low}–{upper}", "{low}–{upper}"),
}


def target_text(target: Target, indicator: Indicator) -> Name:
    """What a target asks for, as people say it: "ít nhất 90 %", "at least 90%"; of a share that cannot be
    more, "100 %"."""
    if target.kind is TargetKind.AT_LEAST and target.value == 100 and is_percentage(indicator):
        return goal_text(target, indicator)
    return _asked(*_TARGETS[target.kind], target, indicator)


def goal_text(target: Target, indicator: Indicator) -> Name:
    """What a target asks for, as it stands behind "mục tiêu": "90 %", "trên 80 %", "15–20 %"."""
    return _asked(*_BRIEFLY[target.kind], target, indicator)


def _asked(vi: str, en: str, target: Target, indicator: Indicator) -> Name:
    value, baseline = target.value or Decimal(0), target.baseline
    if target.kind is TargetKind.DIRECTION and baseline is None:  # it will be the first figure there is
        vi, en = "{better} lần đo đầu tiên", "{better} than first measured"
    return both(
        vi,
        en,
        value=figure(value, indicator, out_of=target.out_of),
        low=number(value),
        upper=figure(target.upper or value, indicator),
        tolerance=number(target.tolerance or Decimal(0)),
        better=_better(indicator),
        start=baseline_told(baseline, indicator, aside=True) if baseline else "",
        when=at_day(baseline.on) if baseline else "",
        wording=target.wording or "",
    )


def _better(indicator: Indicator) -> Name:
    if indicator.is_rank:
        return Name("tốt hơn", "better")
    return Name("cao hơn", "higher") if indicator.better is Better.HIGHER else Name("thấp hơn", "lower")

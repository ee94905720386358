"""The course of one indicator: what it was, what was asked for, where the map changed. One Vega-Lite spec.

Everything a reader could ask of the picture stands in :class:`Series`; :func:`spec` arranges it and
:func:`draw` makes SVG of it on the server, without any request to elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from html import escape
from typing import Any

import vl_convert

from kieng.judgement.phrases import both, up_to
from kieng.measurement.measurement import Extent
from kieng.web.pictures.svg import element
from kieng.words import Name

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDE, NARROW = 720, 330
_FEW_POINTS = 24
_LEGEND_ROW = 17
_FONT = "Noto Sans, Be Vietnam Pro, Roboto, Segoe UI, Arial, sans-serif"
_INK, _SOFT = "#1b1f24", "#4a5260"
_GROUPING = {"grouping": [3], "currency": ["", "₫"]}
_NUMBERS = {
    "vi": {"decimal": ",", "thousands": ".", **_GROUPING},
    "en": {"decimal": ".", "thousands": ",", **_GROUPING},
}
_ESTIMATE = Name("số ước (chấm rỗng)", "estimate (hollow)")
_RUNNING = Name(
    "chấm rỗng cuối nét chấm: kỳ chưa đủ số liệu, {to}", "hollow at the end of dots: not complete, {to}"
)
_PART = Name(
    "chấm rỗng: kỳ mà cơ quan chỉ hoạt động trong một phần",
    "hollow: a period of which the agency was there for a part",
)
_TARGET = Name("nét đứt xanh lá: mục tiêu, lộ trình", "green dashes: target, trajectory")

Spec = dict[str, Any]


class Kind(StrEnum):
    """What a line is: the agency as it was, one it came from, or history on today's map."""

    AS_WAS = "as_was"
    BEFORE = "before"
    TODAY = "today"


_COLOURS = {Kind.AS_WAS: "#0b4f95", Kind.BEFORE: "#7a4a00", Kind.TODAY: "#5b2a86"}
_DASHES = {Kind.AS_WAS: [1, 0], Kind.BEFORE: [6, 2], Kind.TODAY: [2, 3]}
_GOAL_COLOUR = "#0f5f3a"


@dataclass(frozen=True)
class Point:
    """A figure at the end of its period; None leaves a gap. Of a ``running`` period ``day`` is the last one
    that counts. ``part``: the agency was there for a part of it, so that it ends no line either."""

    day: date
    period: str
    value: Decimal | None
    estimate: bool = False
    running: bool = False
    part: bool = False
    delivered: bool = False  # its day is that of the last delivery


@dataclass(frozen=True)
class Line:
    name: Name
    kind: Kind
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Goal:
    """What was asked for: ``way`` leads there, from the baseline or flat when there is none."""

    name: Name
    way: tuple[tuple[date, Decimal], ...]


@dataclass(frozen=True)
class Break:
    """A day on which the map changed."""

    day: date
    name: Name


@dataclass(frozen=True)
class Series:
    """``unit`` stands at the axis. ``finding`` is what a reader who does not see the picture is told;
    ``mark`` the word for made-up figures where some are drawn, else empty."""

    title: Name
    unit: Name
    lines: tuple[Line, ...]
    goals: tuple[Goal, ...]
    breaks: tuple[Break, ...]
    finding: Name
    mark: Name


def spec(series: Series, language: str, width: int = WIDE) -> Spec:
    """The picture as a Vega-Lite specification, the same for every renderer."""
    layers = [
        *_break_lines(series),
        *_goal_lines(series, language),
        *_line_layers(series, language),
        *_labels(series, language),
    ]
    return {
        "$schema": SCHEMA,
        "description": _described(series, language),
        **_title(series, language),
        "width": width,
        "height": (240 if width > NARROW else 190) + _LEGEND_ROW * len(series.lines),
        "autosize": {"type": "fit", "contains": "padding"},
        "layer": layers,
        "config": _config(),
    }


def _title(series: Series, language: str) -> Spec:
    """The mark of made-up figures, in the picture itself: it is taken from its page."""
    if not series.mark.vi:
        return {}
    look = {"anchor": "end", "color": "#9b1c14", "fontSize": 11}
    return {"title": {"text": series.mark.in_language(language), **look}}


def _described(series: Series, language: str) -> str:
    """What those are told who do not see the picture, and what the numbers at the breaks stand for."""
    breaks = (f"{n} {one.name.in_language(language)}" for n, one in enumerate(series.breaks, 1))
    told = (
        series.title.in_language(language),
        series.finding.in_language(language),
        series.mark.in_language(language),
        "; ".join(breaks),
    )
    return ". ".join(words.rstrip(".") for words in told if words) + "."


def draw(made: Spec, language: str) -> str:
    """``made`` as SVG. The same specification is drawn once, as long as it is among the last some hundred."""
    return _drawn(json.dumps(made, ensure_ascii=False, sort_keys=True), language)


@lru_cache(maxsize=300)
def _drawn(told: str, language: str) -> str:
    svg: str = vl_convert.vegalite_to_svg(
        told, vl_version="6.4", format_locale=_NUMBERS[language], allowed_base_urls=[]
    )
    # The renderer drops the description of the whole: it is what those who do not see the picture hear.
    head, rest = svg.split(">", 1)
    return f'{head} role="img">{element("title", escape(json.loads(told)["description"]))}{rest}'


# --- layers ------------------------------------------------------------------------------


def _line_layers(series: Series, language: str) -> Iterator[Spec]:
    names = [line.name.in_language(language) for line in series.lines]
    rows = [row for line in series.lines for row in _rows(line, language)]
    over = [row for row in rows if not row["running"]]
    colour = {
        "field": "line",
        "type": "nominal",
        "sort": names,
        "scale": {"domain": names, "range": [_COLOURS[line.kind] for line in series.lines]},
        "legend": {
            "title": None,
            "orient": "bottom",
            "columns": 1,
            "labelLimit": 320,
            "symbolType": "stroke",
        },
    }
    dash = {
        "field": "line",
        "type": "nominal",
        "sort": names,
        "scale": {"domain": names, "range": [_DASHES[line.kind] for line in series.lines]},
        "legend": None,
    }
    across = {**_across(series, language), "color": colour}
    yield {
        "data": {"values": over},
        "mark": {"type": "line", "strokeWidth": 2, "invalid": "break-paths-show-path-domains"},
        "encoding": {**across, "strokeDash": dash},
    }
    yield from _to_today(series, language, across)
    hollow = {"test": "datum.estimate || datum.running", "value": "white"}
    fill = {"condition": hollow, "field": "line", "type": "nominal"}
    yield {
        "data": {"values": [row for row in rows if row["dotted"] and row["value"] is not None]},
        "mark": {"type": "point", "size": _dot_size(series), "strokeWidth": 1.5, "opacity": 1},
        "encoding": {**across, "fill": {**fill, "scale": colour["scale"], "legend": None}},
    }


def _dot_size(series: Series) -> int:
    """In square pixels: dots of a long series would otherwise hide its line."""
    return 28 if max((len(line.points) for line in series.lines), default=0) <= _FEW_POINTS else 9


def _rows(line: Line, language: str) -> Iterator[Spec]:
    for point in line.points:
        yield {
            "line": line.name.in_language(language),
            "day": point.day.isoformat(),
            "period": point.period,
            "value": None if point.value is None else float(point.value),
            "estimate": point.estimate,
            "running": point.running or point.part,
            # The many lines of those before would be a cloud of dots.
            "dotted": line.kind is not Kind.BEFORE or len(line.points) <= _FEW_POINTS,
        }


def _to_today(series: Series, language: str, across: Spec) -> Iterator[Spec]:
    """Dots from the last figure of a period that is over to that of the running one: no end of the line."""
    rows = []
    for line in series.lines:
        last = list(_rows(line, language))[-2:]
        if len(last) == 2 and last[1]["running"] and None not in (last[0]["value"], last[1]["value"]):
            rows += last
    if rows:
        yield {
            "data": {"values": rows},
            "mark": {"type": "line", "strokeWidth": 1.5, "strokeDash": [1, 3]},
            "encoding": across,
        }


def _goal_lines(series: Series, language: str) -> Iterator[Spec]:
    rows = [
        {"goal": number, "day": day.isoformat(), "value": float(value)}
        for number, goal in enumerate(series.goals)
        for day, value in goal.way
    ]
    if rows:
        yield {
            "data": {"values": rows},
            "mark": {"type": "line", "color": _GOAL_COLOUR, "strokeDash": [6, 4], "strokeWidth": 1.5},
            "encoding": {**_across(series, language), "detail": {"field": "goal", "type": "nominal"}},
        }


def _break_lines(series: Series) -> Iterator[Spec]:
    rows = [{"day": one.day.isoformat()} for one in series.breaks]
    if rows:
        yield {
            "data": {"values": rows},
            "mark": {"type": "rule", "color": _SOFT, "strokeDash": [2, 2]},
            "encoding": {"x": _time("day")},
        }


def _labels(series: Series, language: str) -> Iterator[Spec]:
    """What stands over the lines: the targets by name, the breaks by the number of their name below."""
    ends = [
        {"day": day.isoformat(), "value": float(value), "name": goal.name.in_language(language)}
        for goal in series.goals
        for day, value in goal.way[-1:]
    ]
    place = {"type": "text", "align": "right", "baseline": "bottom", "dy": -7, "fontSize": 12}
    yield from _haloed(ends, place, _GOAL_COLOUR, _across(series, language))
    numbers = [{"day": one.day.isoformat(), "name": f"{n}"} for n, one in enumerate(series.breaks, 1)]
    place = {"type": "text", "align": "left", "baseline": "top", "dx": 4, "fontSize": 12}
    yield from _haloed(numbers, place, _SOFT, {"x": _time("day"), "y": {"value": 0}})


def _haloed(rows: list[Spec], place: Spec, colour: str, across: Spec) -> Iterator[Spec]:
    """Words with a white edge round them, so that they can be read where a line runs behind them."""
    edge = {"stroke": "white", "strokeWidth": 4, "strokeJoin": "round"}
    for look in (edge, {"color": colour}) if rows else ():
        yield {
            "data": {"values": rows},
            "mark": {**place, **look},
            "encoding": {**across, "text": {"field": "name"}},
        }


def _across(series: Series, language: str) -> Spec:
    return {"x": _time("day"), "y": _height("value", series.unit.in_language(language))}


def _time(field: str) -> Spec:
    # The days are read as UTC so that no machine's zone moves a month's last day into the next month.
    return {
        "field": field,
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {"title": None, "format": "%m/%Y", "labelOverlap": True, "labelFlush": True, "tickCount": 5},
    }


def _height(field: str, unit: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"zero": True, "nice": True},
        "axis": {
            "title": unit,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleY": -10,
            "titleX": -30,
            "tickCount": 5,
            "format": ",~r",
        },
    }


def _config() -> Spec:
    axis = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelColor": _INK,
        "titleColor": _SOFT,
        "gridColor": "#e3e6ea",
        "domainColor": _SOFT,
        "tickColor": _SOFT,
        "titleFontWeight": "normal",
    }
    return {
        "font": _FONT,
        "background": "white",
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {"grid": False},
        "legend": {"labelFontSize": 12, "labelColor": _INK},
        "text": {"font": _FONT, "fontSize": 11},
    }


# --- what stands below the picture ---------------------------------------------------------


def legend_words(series: Series) -> Iterable[Name]:
    """What the marks mean that no legend in the picture names."""
    if any(point.estimate for line in series.lines for point in line.points):
        yield _ESTIMATE
    running = [point for line in series.lines for point in line.points if point.running]
    if running:
        last = max(running, key=lambda point: point.day)
        yield both(_RUNNING.vi, _RUNNING.en, to=up_to(Extent(last.day, last.delivered)))
    if any(point.part for line in series.lines for point in line.points):
        yield _PART
    if series.goals:
        yield _TARGET


def with_gaps(points: Sequence[Point], all_periods: Sequence[tuple[date, str]]) -> tuple[Point, ...]:
    """``points`` with an empty one for each period that has none, from the first to the last of them."""
    known = {point.period: point for point in points}
    told = [number for number, (_, period) in enumerate(all_periods) if _has_value(known.get(period))]
    if not told:
        return ()
    return tuple(
        known.get(period, Point(day, period, None)) for day, period in all_periods[told[0] : told[-1] + 1]
    )


def _has_value(point: Point | None) -> bool:
    return point is not None and point.value is not None

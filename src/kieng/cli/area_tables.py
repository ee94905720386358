"""``kieng show INDICATOR --by area``: rural beside urban, and the gap."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from rich import box
from rich.table import Table

from kieng.cli.screen import out, say
from kieng.cli.tables import heading, origins_text, speak
from kieng.judgement.by_area import (
    BY_CHANCE,
    UNEQUAL,
    WHY_NOT,
    AreaRow,
    AreaSum,
    ByArea,
    area_told,
    span_told,
)
from kieng.judgement.phrases import NO_NUMBER, difference, figure, percent, up_to
from kieng.measurement.request import Reading
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator
from kieng.problems import refuse
from kieng.workspace.by_area import AREA_KEYS, area_figures, area_json, newest_over
from kieng.workspace.figures import Asked, Figures, figures, reading_of
from kieng.workspace.folder import Workspace, agency_of
from kieng.workspace.json_format import flat_row, json_text


def show_by_area(workspace: Path, asked: Asked, format_: str) -> None:
    """Print one figure by area type, in the form asked for."""
    found = figures(Workspace(workspace), Asked(asked.indicator, None, asked.period, asked.map_, asked.as_of))
    told = _by_area(found, asked)
    objects = area_json(found.definitions, told, found.as_of)
    if format_ == "json":
        sys.stdout.write(json_text(objects, indent=1) + "\n")
    elif format_ == "csv":
        writer = csv.DictWriter(sys.stdout, AREA_KEYS, lineterminator="\n")
        writer.writeheader()
        shared = {key: value for key, value in objects.items() if key in AREA_KEYS}
        writer.writerows(flat_row(shared | row, AREA_KEYS) for row in objects["areas"])
    else:
        _print(found.definitions, told)
        if told.extent is not None:
            to = up_to(told.extent)
            say(
                f"Kỳ {told.period} chưa đủ số liệu, {to.vi}.",
                f"{told.period} is not complete: figures {to.en}.",
                out,
            )


def _by_area(found: Figures, asked: Asked) -> ByArea:
    definitions, indicator = found.definitions, asked.indicator
    if indicator is None:
        raise refuse("", "no-indicator", "Figures by area are of one indicator.", "Name it after `show`.")
    agency = agency_of(definitions, asked.agency, asked.period) if asked.agency else _top(found)
    period = asked.period or newest_over(found, agency)
    if period is None:
        raise refuse("", "no-figure-yet", "No period that is over has a figure.", "Name one with --period.")
    of_period = [one for one in found.listed if one.period == period]
    reading = Reading.of(of_period[0].reading) if of_period else reading_of(asked.map_, found.today)
    return area_figures(definitions, indicator, agency, period, reading, of_period, found.as_of)


def _top(found: Figures) -> str:
    """The agency above all others today."""
    tree = found.definitions.tree
    return next(one for one, above in sorted(tree.on(found.today).parent_of.items()) if above is None)


def _print(definitions: Definitions, told: ByArea) -> None:
    indicator = definitions.indicators[told.indicator]
    if told.why_not is not None:
        why = WHY_NOT[told.why_not]
        say(f"Không cho biết theo loại địa bàn: {why.vi}.", f"Not told by area: {why.en}.", out)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for vi, en in (
        ("Loại địa bàn", "Area"),
        ("Kết quả", "Figure"),
        ("Độ phủ", "Coverage"),
        ("So với", "Beside"),
        ("Kết quả", "Figure"),
        ("Chênh", "Gap"),
        ("Nguồn gốc", "Origin"),
    ):
        table.add_column(heading(vi, en), overflow="fold")
    for row in told.rows:
        table.add_row(
            f"{speak(row.area.name)} ({len(row.mine.agencies)})",
            _value(row.mine, indicator),
            _coverage(row.mine),
            f"{speak(row.beside)} ({len(row.other.agencies)})",
            _value(row.other, indicator),
            _gap(row, indicator),
            origins_text(row.mine.origins),
        )
    out.print(table)
    for row in told.rows[:1]:
        if (words := area_told(row, indicator)) is not None:
            say(f"{words.vi}.", f"{words.en}.", out)
    if told.unclassified:
        n = len(told.unclassified)
        say(f"{n} xã chưa xếp loại địa bàn.", f"{n} communes are of no stated area type.", out)


def _value(one: AreaSum, indicator: Indicator) -> str:
    if one.value is None:
        return speak(NO_NUMBER[one.status])
    only = span_told(one)
    mark = f" ({speak(only)})" if only else ""
    return speak(figure(one.value, indicator)) + (" ≈" if one.weighted else "") + mark


def _gap(row: AreaRow, indicator: Indicator) -> str:
    if row.gap is None:
        return speak(UNEQUAL) if row.unequal else ""
    gap = speak(difference(row.gap, indicator))
    return f"{gap} ({speak(BY_CHANCE)})" if row.by_chance else gap


def _coverage(one: AreaSum) -> str:
    share = one.coverage.people_share
    people = "" if share is None else f" · {speak(percent(share, 0))}"
    return f"{one.coverage.reporting}/{one.coverage.expected}{people}"

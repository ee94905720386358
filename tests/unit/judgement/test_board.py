"""The board: a row for every target, a line for every agency that answers for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from tests.helpers.workspace import TEXT
from tests.unit.judgement.cast import measured

from kieng.judgement.board import BoardRow, _owed, board, line, standing_day
from kieng.judgement.duties import owes
from kieng.judgement.standing import Standing
from kieng.measurement.measurement import Measurement, Status
from kieng.measurement.request import AS_WAS, Reading
from kieng.plan.answering import agencies_for, answers_for
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.plan.target import Target
from kieng.workspace.folder import definitions_of

DISTRICTS = date(2025, 3, 1)  # a day on which there are some
LATER = date(2026, 2, 1)
Figures = dict[tuple[str, str], Measurement]


@cache
def definitions() -> Definitions:
    return definitions_of({name: text.encode() for name, text in TEXT.items() if "mappings" not in name})


def target(id_: str) -> Target:
    (found,) = [t for plan in definitions().plans.values() for t in plan.targets if t.id == id_]
    return found


PROVINCE_A = "kh-a/work-files-online/province/2025-12-31"
DISTRICT = "kh-a/work-files-online/district/2025-12-31"
COMMUNE = "kh-a/work-files-online/commune/2025-12-31"


def rows_on(today: date, figures: Figures | None = None) -> dict[str, BoardRow]:
    def lookup(indicator: str, agency: str, period: Period, reading: Reading) -> Measurement | None:
        assert indicator == "work-files-online"
        return (figures or {}).get((agency, str(period))) if reading == AS_WAS else None

    return {row.target.id: row for row in board(definitions(), lookup, today)}


def agencies(row: BoardRow) -> list[str]:
    return [one.agency for one in row.lines]


def test_a_target_of_a_level_is_put_to_every_agency_that_its_plan_binds():
    rows = rows_on(DISTRICTS)

    assert {id_: agencies(row) for id_, row in rows.items()} == {
        PROVINCE_A: ["tinh-a"],
        DISTRICT: ["huyen-a"],
        COMMUNE: ["xa-1", "xa-2"],
        "kh-b/work-files-online/province/2025-12-31": ["tinh-b"],
    }


def test_after_the_merger_the_heir_answers_for_both_lineages():
    rows = rows_on(LATER)

    assert [agencies(row) for id_, row in rows.items() if "province" in id_] == [["tinh-ab"], ["tinh-ab"]]
    assert agencies(rows[COMMUNE]) == ["xa-12"]  # not xa-3, which another plan bound


def test_a_closed_target_is_looked_up_on_its_last_day():
    row = rows_on(LATER, {("huyen-a", "2024"): measured(50, "2024")})[DISTRICT]

    assert (row.day, agencies(row)) == (date(2025, 6, 30), ["huyen-a"])
    (one,) = row.lines
    assert (one.judgement.standing, str(one.period)) == (Standing.CLOSED, "2024")
    assert "cấp huyện kết thúc" in one.judgement.reason.vi


@pytest.mark.parametrize(
    ("id_", "today", "expected"),
    [
        (PROVINCE_A, DISTRICTS, DISTRICTS),
        (PROVINCE_A, LATER, date(2025, 12, 31)),  # who answered when it fell due
        (DISTRICT, DISTRICTS, DISTRICTS),
        (DISTRICT, LATER, date(2025, 6, 30)),
    ],
)
def test_the_day_of_a_standing(id_: str, today: date, expected: date):
    assert standing_day(target(id_), today) == expected


def test_the_newest_period_with_a_figure_tells_the_standing():
    figures = {("tinh-a", "2024"): measured(95, "2024"), ("tinh-a", "2023"): measured(10, "2023")}
    assert line_of(figures) == ("2024", Standing.MET)
    figures["tinh-a", "2024"] = measured(None, "2024", status=Status.ZERO_DENOMINATOR)
    assert line_of(figures)[0] == "2023"


def line_of(figures: Figures) -> tuple[str, Standing]:
    (one,) = rows_on(DISTRICTS, figures)[PROVINCE_A].lines
    return str(one.period), one.judgement.standing


def test_without_a_figure_the_line_says_which_period_was_looked_for():
    (one,) = rows_on(DISTRICTS)[PROVINCE_A].lines

    assert (str(one.period), one.measurement, one.judgement.standing) == ("2025", None, Standing.NO_DATA)


def test_why_there_is_no_figure_is_kept():
    nothing = measured(None, "2025", status=Status.NOT_APPLICABLE)
    (one,) = rows_on(DISTRICTS, {("tinh-a", "2025"): nothing})[PROVINCE_A].lines

    assert one.measurement is nothing
    assert one.judgement.standing is Standing.UNKNOWN


def test_who_has_said_that_there_is_no_data_owes_nothing_more():
    """See test_duties: what each has reported is looked up as it was."""
    asked = []

    def lookup(indicator: str, agency: str, period: Period, reading: Reading) -> None:
        asked.append((agency, str(reading)))

    known, goal = definitions(), target(PROVINCE_A)
    told = _owed(known, goal, "tinh-a", measured(None, "2025"), LATER, lookup)
    owed = owes(known, goal.indicator, "tinh-a", Period.parse("2025"))
    assert told is not None
    assert asked == [(duty.agency, "as-was") for duty in owed]


def test_standings_are_counted_over_the_agencies():
    figures = {("xa-1", "2024"): measured(70, "2024"), ("xa-2", "2024"): measured(10, "2024")}
    row = rows_on(DISTRICTS, figures)[COMMUNE]

    assert row.standings == {Standing.MET: 1, Standing.NOT_DUE: 1}


def test_rows_follow_the_pillars_of_the_text():
    turned = replace(definitions(), pillars=dict(reversed(definitions().pillars.items())))
    economy = replace(target(PROVINCE_A), id="e", indicator="digital-economy", value=Decimal(1))
    plan = turned.plans["kh-b"]
    turned = replace(turned, plans={**turned.plans, "kh-b": replace(plan, targets=(*plan.targets, economy))})

    rows = board(turned, lambda *_: None, DISTRICTS)

    assert [row.indicator.pillar for row in rows] == ["economy"] + ["government"] * 4


def test_who_answers_for_a_target_on_a_day():
    assert agencies_for(definitions(), target(COMMUNE), LATER) == ["xa-12"]
    assert answers_for(definitions(), target(COMMUNE), "xa-1", DISTRICTS)
    assert not answers_for(definitions(), target(COMMUNE), "xa-1", LATER)
    assert not answers_for(definitions(), target(COMMUNE), "huyen-a", DISTRICTS)


def test_a_single_line_is_the_line_of_the_board():
    figures = {("xa-2", "2024"): measured(10, "2024")}
    row = rows_on(DISTRICTS, figures)[COMMUNE]

    def lookup(_: str, agency: str, period: Period, _reading: Reading) -> Measurement | None:
        return figures.get((agency, str(period)))

    assert line(definitions(), target(COMMUNE), "xa-2", lookup, DISTRICTS) in row.lines

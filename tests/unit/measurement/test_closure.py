from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.unit.measurement.cast import rule, world

from kieng.measurement.closure import Maps, Variant, closure_table
from kieng.measurement.request import AS_WAS, Reading
from kieng.plan.indicator import RollUp, Within
from kieng.plan.period import Period

ALL = Variant("population", Within.ALL)
TODAY = Reading(date(2024, 9, 30))
UNIT = 10**9


def test_as_it_was_an_agency_counts_for_itself_and_what_is_above():
    maps = Maps(world())

    assert maps.agencies_above("a", Period.parse("2024-06"), AS_WAS, ALL) == {"a": UNIT, "tinh": UNIT}


def test_on_todays_map_a_split_agency_counts_by_weight_and_whole_further_up():
    maps = Maps(world())

    above = maps.agencies_above("a", Period.parse("2024-06"), TODAY, ALL)

    assert above == {"c": 6 * UNIT // 10, "d": 4 * UNIT // 10, "tinh": UNIT}


def test_without_roll_up_only_the_agency_itself_counts():
    variant = Variant.of(rule("count(*)", roll_up=RollUp.NONE))

    assert Maps(world()).agencies_above("b", Period.parse("2024-06"), AS_WAS, variant) == {"b": UNIT}


def test_without_shares_on_the_basis_the_agency_cannot_be_placed():
    variant = Variant("households", Within.ALL)

    assert Maps(world()).agencies_above("a", Period.parse("2024-06"), TODAY, variant) == {}


def test_periods_that_see_one_map_share_a_scope():
    maps = Maps(world())

    assert maps.scope(Period.parse("2024-01")) == maps.scope(Period.parse("2024-06"))
    assert maps.scope(Period.parse("2024-06")) != maps.scope(Period.parse("2024-07"))


def test_an_agency_that_closes_within_the_period_stands_on_its_own_last_day():
    maps = Maps(world())

    assert maps.agencies_above("a", Period.parse("2024"), AS_WAS, ALL) == {"a": UNIT, "tinh": UNIT}
    assert maps.scope(Period.parse("2024")) != maps.scope(Period.parse("2025"))


def test_the_table_holds_exact_weights_that_add_up():
    maps = Maps(world())
    period = Period.parse("2024-06")

    table = closure_table(maps, [ALL], {maps.scope(period): period}, [TODAY])

    parts = {row["agency"]: row["weight"] for row in table.to_pylist() if row["source"] == "a"}
    assert parts == {"c": Decimal("0.6"), "d": Decimal("0.4"), "tinh": Decimal(1)}

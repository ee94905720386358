"""The base half of a pass's queries: names that last, and periods put together from months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.unit.measurement.cast import AS_OF, indicator, rule, visits, world

from kieng.measurement.fuse import passes
from kieng.measurement.measure import asks_by_record_type
from kieng.measurement.query import pass_queries
from kieng.measurement.request import AS_WAS, Request
from kieng.plan.indicator import Counting, Membership
from kieng.plan.period import Grain
from kieng.stores.duckdb import DuckdbEngine

VISITS = visits(
    """
    agency | on_day     | amount | good  | @recorded  | @batch
    b      | 2024-05-10 | 10.5   | yes   | 2024-06-11 | 1
    b      | 2024-06-12 | 0.1    | no    | 2024-06-12 | 2
    b      | 2024-06-30 | 0.2    |       | 2024-06-30 | 3
    """
)
GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)


def request_for(*formulas: str, **changes) -> Request:
    indicators = [
        replace(indicator(rule(text, **changes)), id=f"i{number}") for number, text in enumerate(formulas)
    ]
    definitions = world(*indicators)
    return Request(
        definitions, "visit", asks_by_record_type(indicators)["visit"], (AS_WAS,), AS_OF, date(2024, 9, 30)
    )


def base_of(request: Request):
    (base,) = DuckdbEngine(threads=1).bases(request, VISITS)
    return base


def test_a_column_has_the_same_name_whatever_else_is_asked():
    alone = base_of(request_for("sum(amount)"))
    among_others = base_of(request_for("count(where good)", "max(amount)", "sum(amount)"))

    assert set(alone.column_names) < set(among_others.column_names)
    both = [name for name in alone.column_names if name.startswith("b") and name[1:2] != "y"]
    ordered = {name: sorted(among_others[name].to_pylist(), key=str) for name in both}
    assert ordered == {name: sorted(alone[name].to_pylist(), key=str) for name in both}


@pytest.mark.parametrize(
    ("formula", "steady"),
    [("count(where good)", True), ("count(where days(on_day, cut_off) > 20)", False)],
)
def test_months_are_put_together_only_where_nothing_hangs_on_the_cut_off(formula, steady):
    (pass_,) = passes(request_for(formula))

    assert ("JOIN months" in pass_queries(pass_).base) is steady


def test_longer_periods_come_of_months():
    by_day = Counting(GRAINS, Membership.BY, "on_day")
    request = request_for("count(*)", counting=by_day)
    cells = DuckdbEngine(threads=1).cells(request, VISITS).to_pylist()

    counted = {(c["grain"], c["start"]): c["records"] for c in cells if c["agency"] == "b"}
    assert counted == {
        ("month", date(2024, 5, 1)): 1,
        ("month", date(2024, 6, 1)): 2,
        ("quarter", date(2024, 4, 1)): 3,
        ("year", date(2024, 1, 1)): 3,
    }


def test_a_month_that_is_not_asked_for_still_counts_in_its_year():
    by_day = Counting(GRAINS, Membership.BY, "on_day")
    request = replace(
        request_for("count(*)", counting=by_day), first=date(2024, 6, 1), last=date(2024, 6, 30)
    )
    cells = DuckdbEngine(threads=1).cells(request, VISITS).to_pylist()

    counted = {c["grain"]: c["records"] for c in cells if c["agency"] == "b"}
    assert counted == {"month": 2, "quarter": 3, "year": 3}

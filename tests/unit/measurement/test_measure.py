from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.unit.measurement.cast import AS_OF, example, indicator, rule, visits, world

from kieng.measurement.measure import Span, both_readings, cut_off_day, measure
from kieng.measurement.measurement import Coverage, Measurement, Status
from kieng.measurement.request import AS_WAS, Reading
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import NotApplicable, RollUp, Watch
from kieng.plan.period import Grain, Period
from kieng.problems import UserError
from kieng.records.batch import Origin
from kieng.stores.duckdb import DuckdbEngine

ENGINE = DuckdbEngine(threads=1)
VISITS = """
agency | on_day     | good | amount | kind | @times
a      | 2024-06-10 | yes  | 10.5   | x    | 6
a      | 2024-06-11 | no   | 1      | y    | 4
b      | 2024-06-12 | yes  |        | x    | 1
"""

Found = dict[tuple[str, str, str], Measurement]


def measured(definitions: Definitions, text: str = VISITS, **more) -> Found:
    found = list(measure(definitions, ENGINE, lambda _: visits(text), AS_OF, **more))
    totals = [m for m in found if m.breakdown is None]
    places = {(m.reading, m.agency, str(m.period)): m for m in totals}
    assert len(places) == len(totals), "two measurements of one place"
    return places


def test_cut_off_is_the_local_day_of_as_of():
    late = AS_OF.replace(hour=20)  # 3 o'clock the next morning in Vietnam

    assert cut_off_day(world(), AS_OF) == date(2024, 9, 30)
    assert cut_off_day(world(), late) == date(2024, 10, 1)


def test_a_ratio_is_sum_over_sum_at_every_level():
    found = measured(world(indicator(rule("count(where good) / count(*)"), unit="percent")))

    province = found["as-was", "tinh", "2024-06"]
    assert (province.value, province.numerator, province.denominator) == (
        Decimal("63.636363636"),
        Decimal(7),
        Decimal(11),
    )
    assert province.parts == (Decimal(7), Decimal(11))
    assert province.coverage == Coverage(2, 2, Decimal(1))
    assert province.origins == (Origin.MEASURED,)
    assert (province.level, province.weighted, province.records) == ("province", None, 11)


def test_history_on_todays_map_is_split_by_weight_and_its_total_stays():
    found = measured(world(indicator(rule("sum(amount)"))))

    today = "2024-09-30"
    values = {agency: found[today, agency, "2024-06"].value for agency in ("c", "d", "tinh")}
    assert values == {"c": Decimal("40.2"), "d": Decimal("26.8"), "tinh": Decimal(67)}
    assert found[today, "c", "2024-06"].weighted == "population"
    assert found[today, "tinh", "2024-06"].weighted is None
    assert found["as-was", "a", "2024-06"].value == Decimal(67)


def test_a_median_cannot_be_recast_over_a_split_and_says_why():
    found = measured(world(indicator(rule("median(amount)"))))

    split = found["2024-09-30", "c", "2024-06"]
    assert (split.status, split.value) == (Status.CANNOT_RECAST, None)
    assert split.reason == "blocked"
    assert found["2024-09-30", "tinh", "2024-06"].value == Decimal("10.5")


def test_a_watched_agency_without_records_is_named_from_the_first_record_on():
    found = measured(world(indicator(rule("count(*)"))), readings=[AS_WAS])

    silent = found["as-was", "b", "2024-07"]
    assert (silent.status, silent.value, silent.records) == (Status.NO_DATA, None, 0)
    assert silent.coverage == Coverage(0, 1, Decimal(0))
    assert {str(p) for _, agency, p in found if agency == "c"} == {"2024-07", "2024-08", "2024-09"}
    assert ("as-was", "b", "2024-05") not in found


def test_a_level_is_watched_until_its_day():
    watch = [Watch("commune", date(2024, 8, 1))]
    found = measured(world(indicator(rule("count(*)"), watch=watch)), readings=[AS_WAS])

    assert {p for _, agency, p in found if agency == "c"} == {"2024-07"}


def test_where_an_indicator_has_no_meaning_there_is_neither_a_number_nor_a_gap():
    declared = NotApplicable("visits", "b", "không có bến xe")
    found = measured(world(indicator(rule("count(*)")), not_applicable=[declared]), readings=[AS_WAS])

    assert found["as-was", "b", "2024-06"].status is Status.NOT_APPLICABLE
    assert found["as-was", "b", "2024-07"].status is Status.NOT_APPLICABLE
    assert found["as-was", "tinh", "2024-06"].coverage == Coverage(1, 1, Decimal(1))


def test_the_newest_records_absence_says_which_kind_of_no_number_there_is():
    text = """
    agency | on_day     | amount | absence
    b      | 2024-06-01 |        | no_data
    b      | 2024-06-30 |        | not_applicable
    """
    found = measured(world(indicator(rule("latest(amount)"))), text, readings=[AS_WAS])

    assert found["as-was", "b", "2024-06"].status is Status.NOT_APPLICABLE


def test_records_that_no_map_can_place_are_counted_and_named():
    lost = indicator(rule("count(*)", recast_by="households"))
    found = measured(world(lost))

    left_out = found["2024-09-30", "a", "2024-06"]
    assert (left_out.status, left_out.records, left_out.level) == (Status.CANNOT_RECAST, 10, "")
    assert left_out.reason == "no-shares: a, 2024-07-01, households"
    assert found["as-was", "a", "2024-06"].value == Decimal(10)


def test_records_of_an_agency_nobody_knows_are_named_in_every_reading():
    text = "agency | on_day\nnobody | 2024-06-01\nb | 2024-06-01"
    found = measured(world(indicator(rule("count(*)", grains=(Grain.MONTH, Grain.YEAR)))), text)

    unknown = {key: m.records for key, m in found.items() if m.agency == "nobody"}
    periods = ("2024", "2024-06")
    assert unknown == {(r, "nobody", p): 1 for r in ("as-was", "2024-09-30") for p in periods}


def test_a_span_measures_only_what_overlaps_it():
    span = Span(date(2024, 7, 15), date(2024, 8, 15))
    found = measured(world(indicator(rule("count(*)"))), readings=[AS_WAS], span=span)

    assert {p for _, _, p in found} == {"2024-07", "2024-08"}


def test_a_span_still_looks_back_when_a_formula_does():
    text = "agency | on_day | amount\nb | 2024-07-02 | 5\nb | 2024-08-02 | 7"
    growth = indicator(rule("sum(amount) - previous(sum(amount))"))
    span = Span(date(2024, 8, 1), date(2024, 8, 31))

    found = measured(world(growth), text, readings=[AS_WAS], span=span)

    assert found["as-was", "b", "2024-08"].value == Decimal(2)
    assert {p for _, _, p in found} == {"2024-08"}


def test_rule_versions_follow_each_other():
    old = rule("count(*)", valid_to=date(2024, 7, 1))
    new = rule("count(where good)", valid_from=date(2024, 7, 1))
    text = "agency | on_day | good\nb | 2024-06-02 | no\nb | 2024-07-02 | no\nb | 2024-07-03 | yes"

    found = measured(world(indicator(old, new)), text, readings=[AS_WAS])

    numbers = {(p, m.rule): m.value for (_, agency, p), m in found.items() if agency == "b" and m.records}
    assert numbers == {("2024-06", 0): Decimal(1), ("2024-07", 1): Decimal(1)}


def test_without_roll_up_no_level_is_made_from_another():
    found = measured(world(indicator(rule("count(*)", roll_up=RollUp.NONE))), readings=[AS_WAS])

    assert ("as-was", "tinh", "2024-06") not in found
    assert found["as-was", "a", "2024-06"].value == Decimal(10)


def test_breakdowns_stand_beside_the_total():
    definitions = world(indicator(rule("count(*)", breakdowns=("kind",))))

    found = list(measure(definitions, ENGINE, lambda _: visits(VISITS), AS_OF, [AS_WAS]))

    by_kind = {m.breakdown: m.value for m in found if m.agency == "tinh"}
    assert by_kind == {None: Decimal(11), ("kind", "x"): Decimal(7), ("kind", "y"): Decimal(4)}


def test_no_number_is_made_while_an_example_fails():
    wrong = rule("count(*)", examples=(example("2", {"on_day": date(2024, 1, 1)}),))

    with pytest.raises(UserError, match="example-fails"):
        next(measure(world(indicator(wrong)), ENGINE, lambda _: visits(VISITS), AS_OF))


def test_both_readings_are_as_it_was_and_today():
    assert both_readings(world(), AS_OF) == (AS_WAS, Reading(date(2024, 9, 30)))


def test_periods_after_the_cut_off_are_never_measured():
    found = measured(world(indicator(rule("count(*)"))), VISITS + "b | 2024-11-01 | | | | 1\n")

    assert max(Period.parse(p) for _, _, p in found) == Period.parse("2024-09")

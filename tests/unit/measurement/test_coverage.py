from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.unit.measurement.cast import rule, world

from kieng.measurement.closure import Maps, Variant
from kieng.measurement.coverage import Coverages, Expected, ReporterSet, missing
from kieng.measurement.request import AS_WAS, Reading
from kieng.plan.indicator import NotApplicable, Within
from kieng.plan.period import Period

ALL = Variant("population", Within.ALL)
JUNE, JULY = Period.parse("2024-06"), Period.parse("2024-07")


def coverages_and_reporters(*exceptions: NotApplicable) -> tuple[Coverages, ReporterSet]:
    definitions = world(not_applicable=exceptions)
    return Coverages(Maps(definitions)), ReporterSet.of("visits", rule("count(*)"), definitions)


def test_every_agency_of_a_reporting_level_is_expected_where_it_counts():
    coverages, who = coverages_and_reporters()

    expected = coverages.expected(who, ALL, JUNE, AS_WAS)

    assert expected["tinh"] == Expected(2, Decimal(150))
    assert expected["b"] == Expected(1, Decimal(50))
    assert "c" not in expected


def test_an_agency_with_no_known_people_is_expected_all_the_same():
    coverages, who = coverages_and_reporters()

    expected = coverages.expected(who, ALL, JULY, AS_WAS)

    assert expected["c"] == Expected(1, None)
    assert expected["b"] == Expected(1, Decimal(50))
    assert expected["tinh"] == Expected(3, None)  # of b's people alone no share of the province's is told


def test_on_another_map_the_reporters_are_still_those_of_the_period():
    coverages, who = coverages_and_reporters()

    expected = coverages.expected(who, ALL, JUNE, Reading(date(2024, 9, 30)))

    assert expected["c"] == Expected(1, Decimal(100))
    assert expected["tinh"].reporters == 2


def test_an_agency_declared_without_meaning_is_not_expected_while_that_holds():
    declared = NotApplicable("visits", "b", "không có bến xe", None, date(2024, 7, 1))
    coverages, who = coverages_and_reporters(declared)

    assert set(coverages.reporters(who, JUNE)) == {"a"}
    assert set(coverages.reporters(who, JULY)) == {"b", "c", "d"}


def test_a_declaration_for_another_indicator_changes_nothing():
    coverages, who = coverages_and_reporters(NotApplicable("other", "b", "…"))

    assert set(coverages.reporters(who, JUNE)) == {"a", "b"}


def test_missing_reporters_are_named():
    coverages, who = coverages_and_reporters()

    assert missing(coverages, who, ALL, JUNE, AS_WAS, "tinh", frozenset({"b"})) == ("a",)
    assert missing(coverages, who, ALL, JUNE, AS_WAS, "b", frozenset()) == ("b",)

"""What is guarded: which numbers are counts, what a rest is, what two indicators share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.helpers.attacker import Attacker, cells_of
from tests.helpers.made_up_counts import TODAY, Counts, counts_in, province_of
from tests.unit.judgement.cast import COUNT, SUM, indicator

from kieng.judgement.counted import DENOMINATOR, NUMERATOR, VALUE, Role, counts_of
from kieng.judgement.disclosure import Disclosure, Thresholds, is_small_share, thresholds_on
from kieng.plan.formula.nodes import Formula, Ratio

ALL_GUARDED = Thresholds(5, 5)
COUNTS_ONLY = Thresholds(5, 1)


@pytest.fixture(scope="module")
def counts() -> Counts:
    return counts_in(province_of(3), "fact", 3)


def told(counts: Counts, found: Disclosure) -> list[str]:
    seen = [(one, not found.hides(one)) for one in counts.figures if one.breakdown is None]
    return Attacker(counts.definitions, TODAY, list(cells_of(counts.definitions, seen))).told()


def test_which_numbers_are_counts() -> None:
    rule = indicator().rules[0]
    assert set(counts_of(rule)) == {Role(NUMERATOR), Role(DENOMINATOR)}
    assert set(counts_of(indicator("hồ sơ", root=COUNT).rules[0])) == {Role(VALUE)}
    assert set(counts_of(indicator("ngày", root=Ratio(SUM, COUNT)).rules[0])) == {Role(DENOMINATOR)}
    assert not counts_of(indicator("đồng", root=SUM).rules[0])
    assert not counts_of(indicator(root=Ratio(SUM, SUM)).rules[0])  # reported as a whole


def test_the_thresholds_have_a_day() -> None:
    assert thresholds_on(date(2024, 1, 1)) == COUNTS_ONLY


@pytest.mark.parametrize(
    ("part", "whole", "limits", "small"),
    [
        (3, 40, COUNTS_ONLY, True),
        (0, 40, COUNTS_ONLY, False),
        (0, 4, COUNTS_ONLY, True),
        (38, 40, COUNTS_ONLY, False),
        (38, 40, ALL_GUARDED, True),
        (40, 40, ALL_GUARDED, False),
        (None, 4, COUNTS_ONLY, True),
    ],
)
def test_small_shares(part: int | None, whole: int, limits: Thresholds, small: bool) -> None:
    assert is_small_share(None if part is None else Decimal(part), Decimal(whole), limits) == small


def test_no_small_count_is_shown_but_who_is_late(counts: Counts) -> None:
    found = counts.disclosure()
    small = [one for one in counts.figures if one.breakdown is None and found.is_small(one)]
    assert small
    assert all(found.hides(one) for one in small)
    late = [one for one in counts.figures if one.indicator == "late" and one.value and one.value < 5]
    assert any(not found.hides(one) for one in late)


def test_both_maps_hide_the_same_figure(counts: Counts) -> None:
    """After the merger a figure stands on today's map and on its own: one number, one answer."""
    found = counts.disclosure()
    by_place: dict[object, set[bool]] = {}
    for one in counts.figures:
        if one.breakdown is None and one.period.start >= date(2025, 7, 1) and "lineage" not in one.reading:
            by_place.setdefault((one.indicator, one.agency, one.period), set()).add(found.hides(one))
    assert by_place
    assert all(len(answers) == 1 for answers in by_place.values())


def test_where_rests_are_guarded_who_is_late_is_too(counts: Counts) -> None:
    found = Disclosure(counts.definitions, TODAY, counts.read, lambda day: ALL_GUARDED)
    late = [one for one in counts.figures if one.indicator == "late" and one.value and one.value < 5]
    assert all(found.hides(one) for one in late if one.weighted is None)
    assert not told(counts, found)


def test_a_small_denominator_that_is_nought_is_hidden_with_its_block(counts: Counts) -> None:
    found = counts.disclosure()
    nought = [one for one in counts.figures if one.denominator == 0 and one.breakdown is None]
    assert any(found.hides(one) for one in nought)


def test_an_earlier_moment_tells_no_small_difference(counts: Counts) -> None:
    found = counts.disclosure()
    now = next(
        one
        for one in counts.figures
        if one.indicator == "received" and one.breakdown is None and not found.hides(one) and one.value
    )
    assert now.value is not None
    assert found.hides_then(replace(now, value=now.value + 3), now)
    assert not found.hides_then(replace(now, value=now.value + 30), now)
    assert not found.hides_then(now, now)
    assert found.hides_then(now, None)


def test_an_amount_is_no_small_count_then_or_now(counts: Counts) -> None:
    """Withdrawn since, or by another rule: of what counts nobody there is nothing to hide."""
    received = counts.definitions.indicators["received"]
    amount = replace(received, id="amount", rules=(replace(received.rules[0], formula=Formula("", SUM)),))
    known = replace(counts.definitions, indicators={**counts.definitions.indicators, "amount": amount})
    found = Disclosure(known, TODAY, counts.read)
    then = replace(next(one for one in counts.figures if one.indicator == "received"), indicator="amount")
    assert not found.hides_then(then, None)
    assert not found.hides_then(then, replace(then, value=Decimal(1)))


def test_of_an_indicator_or_a_rule_of_an_earlier_text_nothing_is_shown(counts: Counts) -> None:
    found = counts.disclosure()
    now = next(one for one in counts.figures if one.indicator == "received" and not found.hides(one))
    assert found.hides_then(replace(now, rule=7), now)
    assert found.hides_then(replace(now, indicator="of-yesterday"), None)


def test_the_maps_of_days_that_strangers_name_are_not_kept(counts: Counts) -> None:
    found = counts.disclosure()
    one = next(m for m in counts.figures if m.indicator == "received" and m.reading == "as-was")
    for year in range(1900, 1990):
        found.hides(replace(one, reading=f"{year}-01-01"))
    assert found.maps_kept < 60

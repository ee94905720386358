"""Small agencies are not shamed by noise, and large differences are still called what they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from tests.unit.judgement.cast import COUNT, PEOPLE, SUM, indicator, measured, rule

from kieng.judgement.funnel import Funnel, Law, counted, funnel, grid, law_of
from kieng.judgement.position import Counted, Position
from kieng.plan.formula.nodes import Ratio
from kieng.words import Name

DAY = date(2024, 12, 31)
COMMUNES = Name("xã", "communes")


def agency(id: str, part: int | str, whole: int | str) -> Counted:
    return Counted(id, Name(f"Xã {id}", f"{id} commune"), Decimal(part), Decimal(whole))


def compared(*agencies: Counted, law: Law = Law.BINOMIAL, **more: object) -> Funnel:
    return funnel(agencies, law, DAY, kind=COMMUNES, **more)  # type: ignore[arg-type]


def positions(found: Funnel) -> dict[str, Position]:
    return {one.agency.id: one.position for one in found.placed}


ORDINARY = [agency(str(n), 900 + n % 3 * 5, 1000) for n in range(20)]


def test_the_same_share_is_noise_in_a_small_commune_and_a_signal_in_a_large_one() -> None:
    found = compared(*ORDINARY, agency("small", 8, 10), agency("large", 800, 1000))
    at = positions(found)
    assert at["small"] is Position.ORDINARY
    assert at["large"] is Position.SIGNAL_LOW
    assert {at[str(n)] for n in range(20)} == {Position.ORDINARY}
    assert found.finding == Name(
        "Tín hiệu trong 22 xã: 1 (Xã large) thấp hơn (vượt mức ngẫu nhiên giải thích được)",
        "Signals among 22 communes: 1 (large commune) lower (more than chance explains)",
    )


def test_a_small_commune_with_all_done_is_no_signal() -> None:
    assert positions(compared(*ORDINARY, agency("all", 3, 3)))["all"] is Position.ORDINARY


def test_between_inner_and_outer_limits_nothing_is_called_a_signal() -> None:
    found = compared(*ORDINARY, agency("near", 885, 1000), agency("up", 925, 1000))
    assert positions(found)["near"] is Position.NEAR_LOW
    assert positions(found)["up"] is Position.NEAR_HIGH
    assert (
        found.finding.vi == "22 xã khác nhau trong khoảng dao động thông thường: ngẫu nhiên giải thích được"
    )
    note = "Chance alone puts about 1.1 of 22 communes beyond the inner limits, 0.04 beyond the outer"
    assert found.notes[0].en == note


def test_limits_are_those_of_the_binomial_law_about_the_common_share() -> None:
    found = compared(*[agency(str(n), 5, 10) for n in range(6)])
    assert (found.centre, found.centre_shown) == (Fraction(1, 2), Decimal(50))
    limits = found.limits_at(Decimal(10))
    low = Decimal(10 * (2 - (56 / 1024 - 0.025) / (45 / 1024)))
    assert limits.near_low == pytest.approx(low)
    assert limits.near_high == pytest.approx(100 - low)
    assert limits.signal_low < limits.near_low
    assert limits == found.placed[0].limits


def test_the_curve_narrows_and_stays_within_nought_and_a_hundred() -> None:
    found = compared(*ORDINARY)
    curve = list(found.curve(grid(1, 5000)))
    assert curve[0][0] == 1
    assert curve[-1][0] == 5000
    assert 40 <= len(curve) <= 60
    assert all(0 <= x.signal_low <= x.near_low <= x.near_high <= x.signal_high <= 100 for _, x in curve)
    widths = [x.signal_high - x.signal_low for whole, x in curve if whole > 200]
    assert widths == sorted(widths, reverse=True)


def test_too_few_are_not_compared_with_one_another() -> None:
    found = compared(agency("a", 80, 100), agency("b", 20, 100))
    assert positions(found) == {"a": Position.NOT_JUDGED, "b": Position.NOT_JUDGED}
    assert found.finding.en == "The communes cannot be compared"


APART = [agency(str(n), 700 + n * 20, 1000) for n in range(15)]  # 70 to 98 %: far more than chance


def test_differences_beyond_chance_widen_the_limits_and_are_said() -> None:
    """Nobody outside, and yet chance explains nothing of it: φ is said (M8)."""
    found = compared(*APART)
    assert found.spread.widens
    assert found.spread.phi > 20
    assert not any(position.is_signal for position in positions(found).values())
    assert found.finding == Name(
        "15 xã khác nhau nhiều hơn ngẫu nhiên (φ = 50,4); không đơn vị nào tách hẳn khỏi nhóm",
        "15 communes differ by more than chance (φ = 50.4); none stands apart from the group",
    )
    assert found.notes[1].vi == "Giới hạn đã nới rộng 7,1 lần (√φ), vì các xã khác nhau nhiều hơn ngẫu nhiên"


def test_who_stands_apart_from_a_group_that_differs_by_more_than_chance() -> None:
    found = compared(*APART, agency("far", 50, 1000))
    assert found.finding.vi.startswith("16 xã khác nhau nhiều hơn ngẫu nhiên (φ = ")
    assert found.finding.vi.endswith("); tách hẳn khỏi nhóm: 1 (Xã far) thấp hơn")


def test_a_few_that_are_near_the_limits_are_not_explained_by_chance() -> None:
    """The outermost tenths drawn in, nothing is widened; nobody is outside; φ of all is beyond."""
    near = [agency(f"{n} far", whole, 1000) for n, whole in enumerate([873] * 5 + [927] * 5)]
    found = compared(*[agency(str(n), 900, 1000) for n in range(40)], *near)
    assert not found.spread.widens
    assert not any(position.is_signal for position in positions(found).values())
    assert "none stands apart" in found.finding.en


@pytest.mark.parametrize("seed", range(20))
def test_words_say_what_the_limits_say(seed: int) -> None:
    """Over families of every kind: chance is named as what explains just when φ says so."""
    chance = Random(seed)
    size, apart = chance.choice([2, 4, 5, 14, 135]), chance.choice([0, 0.02, 0.1])
    made = []
    for n in range(size):
        share = min(1.0, max(0.0, chance.gauss(0.85, apart)))
        whole = chance.choice([5, 40, 300])
        made.append(agency(str(n), sum(chance.random() < share for _ in range(whole)), whole))
    found = compared(*made)
    outside = any(position.is_signal for position in positions(found).values())
    if size < 5:
        assert found.finding.en == "The communes cannot be compared"
        return
    assert ("chance explains it" in found.finding.en) == (not outside and not found.spread.beyond_chance)
    assert ("Signals among" in found.finding.en) == (outside and not found.spread.widens)
    assert ("φ = " in found.finding.vi) == (
        found.spread.widens or (found.spread.beyond_chance and not outside)
    )


def test_an_agency_has_one_place_in_its_family_whoever_is_shown_beside_it() -> None:
    whole = compared(*ORDINARY, agency("large", 800, 1000))
    some = whole.of([agency("large", 800, 1000), *ORDINARY[:2]], COMMUNES)
    assert positions(some) == {k: v for k, v in positions(whole).items() if k in ("large", "0", "1")}
    assert (
        some.finding.vi
        == "Tín hiệu trong 3 xã (xét chung 21): 1 (Xã large) thấp hơn (vượt mức ngẫu nhiên giải thích được)"
    )
    alone = compared(agency("large", 800, 1000), *ORDINARY[:2])
    assert alone.finding.en == "The communes cannot be compared"


@pytest.mark.parametrize(
    ("size", "tail"), [(5, "0.001"), (250, "0.001"), (1000, "0.00025"), (3321, "0.0000753")]
)
def test_a_family_shares_its_allowance_of_false_alarms(size: int, tail: str) -> None:
    found = compared(*[agency(str(n), 9, 10) for n in range(size)])
    assert found.tails.signal == pytest.approx(Decimal(tail), rel=Decimal("0.001"))
    assert 2 * found.tails.signal * size <= Decimal("0.5")


def test_one_outlier_does_not_widen_the_limits_that_find_it() -> None:
    assert not compared(*ORDINARY, agency("large", 780, 1000)).spread.widens
    far = compared(*ORDINARY, agency("large", 500, 1000))  # it draws the centre away from all others
    assert positions(far)["large"] is Position.SIGNAL_LOW
    assert [one for one in far.placed if one.position.is_signal] == [far.placed[-1]]


def test_counts_against_a_size() -> None:
    """62 events at 70 of size: 8.86 expected of each, and P(R ≤ 2) = .008, P(R ≤ 1) = .001."""
    around = [agency(str(n), 10, 10) for n in range(6)]
    found = compared(*around, agency("low", 2, 10), law=Law.POISSON, factor=1)
    assert positions(found)["low"] is Position.NEAR_LOW
    assert positions(found)["0"] is Position.ORDINARY
    assert found.placed[-1].value == Decimal("0.2")


def test_what_cannot_be_compared_says_why() -> None:
    odd = [
        counted(None, "none", COMMUNES),
        counted(measured(None), "empty", COMMUNES),
        counted(
            measured(1, numerator=Decimal(1), denominator=Decimal(2), weighted="population"), "w", COMMUNES
        ),
        agency("half", "0.5", 3),
        agency("more", 4, 3),
        agency("nil", 0, 0),
    ]
    found = compared(*ORDINARY, *odd)
    why = {one.agency.id: one.why_none.en for one in found.placed if one.why_none}
    assert why == {
        "none": "There is no data",
        "empty": "There is no data",
        "w": "Shared out by weight, so no count any more",
        "half": "Shared out by weight, so no count any more",
        "more": "The numerator is larger than the denominator",
        "nil": "The denominator is zero",
    }
    assert found.notes[-1].en == "6 of 26 communes cannot be compared"
    assert found.centre == compared(*ORDINARY).centre


def test_all_at_nought_is_no_division_by_nought() -> None:
    found = compared(*[agency(str(n), 0, 10) for n in range(6)])
    assert set(positions(found).values()) == {Position.ORDINARY}
    assert set(positions(compared(*[agency(str(n), 9, 9) for n in range(6)])).values()) == {Position.ORDINARY}


def test_which_law_an_indicator_follows() -> None:
    assert law_of(indicator(), rule()) is Law.BINOMIAL
    assert law_of(indicator("hồ sơ/người"), rule(Ratio(COUNT, SUM))) is Law.POISSON
    assert law_of(PEOPLE, rule(SUM)) is None


def test_every_position_has_words_in_both_languages() -> None:
    assert all(p.words.vi and p.words.en for p in Position)
    assert Position.SIGNAL_LOW.words.en == "signal: below the ordinary range"
    assert [p for p in Position if p.is_signal] == [Position.SIGNAL_LOW, Position.SIGNAL_HIGH]

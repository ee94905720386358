"""What makes a gap: each part's contribution, and that nothing of the distance gets lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.judgement.cast import COUNT, PEOPLE, START, indicator, measured, rule, target

from kieng.judgement.why import Part, SharedBy, Why, held_against, why
from kieng.measurement.measurement import Measurement, Status
from kieng.plan.formula.nodes import Aggregate, AggregateKind, FieldRef
from kieng.plan.indicator import RollUp
from kieng.words import Name

PERCENT = indicator()
COMMUNES = Name("xã", "communes")
DISTINCT = Aggregate(AggregateKind.COUNT_DISTINCT, FieldRef("person"))


def share(over: int, under: int) -> Measurement:
    value = Decimal(over) * 100 / Decimal(under) if under else None
    status = Status.VALUE if under else Status.ZERO_DENOMINATOR
    return measured(value, numerator=Decimal(over), denominator=Decimal(under), status=status)


def part(id: str, measurement: Measurement | None, **more: Decimal) -> Part:
    return Part(id, Name(f"Xã {id}", f"{id} commune"), measurement, **more)


def shares(**figures: tuple[int, int]) -> list[Part]:
    return [part(id, share(*figure)) for id, figure in figures.items()]


def total(found: Why) -> Fraction:
    return sum((c.amount for c in found.contributions if c.amount is not None), found.beside)


def test_a_ratio_is_shared_out_by_what_each_part_lacks() -> None:
    """60 of 100 against 80 %: A lacks 30 of its 40, C lacks 2, B has what it needs, D is 12 ahead."""
    parts = shares(B=(16, 20), A=(2, 40), C=(14, 20), D=(28, 20))
    found = why(PERCENT, share(60, 100), parts, Decimal(80), kind=COMMUNES)
    assert found.shared_by is SharedBy.RATIO
    assert [(c.part.id, c.amount) for c in found.contributions] == [
        ("A", -30),
        ("C", -2),
        ("B", 0),
        ("D", 12),
    ]
    assert [c.share for c in found.contributions] == [Fraction(30, 32), Fraction(2, 32), None, None]
    assert (found.distance, found.beside, found.missing) == (-20, 0, None)
    assert found.finding == Name(
        "1/4 xã làm nên 94 % phần thiếu hụt: Xã A", "1 of 4 communes makes 94% of what falls short: A commune"
    )
    assert found.notes[0].en == "The communes that are ahead make up for 12 points"


def test_the_few_that_make_most_are_named() -> None:
    exact = {f"X{n}": (8, 10) for n in range(8)}
    parts = shares(A=(0, 30), B=(0, 25), C=(0, 20), D=(0, 16), **exact)
    found = why(PERCENT, share(64, 171), parts, Decimal(80), kind=COMMUNES)
    assert found.finding.en == "3 of 12 communes make 82% of the gap: A commune, B commune, C commune"
    assert found.finding.vi == "3/12 xã làm nên 82 % khoảng thiếu: Xã A, Xã B, Xã C"


def test_a_gap_that_is_everybodys_is_said_to_be_spread() -> None:
    parts = shares(A=(5, 10), B=(5, 10), C=(5, 10), D=(5, 10))
    found = why(PERCENT, share(20, 40), parts, Decimal(60), kind=COMMUNES)
    expected = "The gap is spread: 3 of 4 communes are needed for 75% of the gap; the most: A commune (25%)"
    assert found.finding.en == expected


def test_where_less_is_better_the_one_with_more_makes_the_gap() -> None:
    found = why(PERCENT, share(20, 100), shares(A=(15, 50), B=(5, 50)), Decimal(10), more_is_better=False)
    assert [(c.part.id, c.amount) for c in found.contributions] == [("A", -10), ("B", 0)]
    assert found.distance == -10


def test_a_part_without_a_figure_is_listed_and_named_as_missing() -> None:
    parts = [*shares(A=(10, 40)), part("B", None), part("C", measured(None))]
    found = why(PERCENT, share(40, 100), parts, Decimal(50), kind=COMMUNES)
    assert [c.amount for c in found.contributions] == [-10, None, None]
    assert found.contributions[1].why_none == Name("Chưa có số liệu", "There is no data")
    assert found.beside == 0  # what B and C must hold: 30 of 60, just the aim
    assert found.missing is not None
    assert found.missing.en == "2 of 3 communes have no figure and are not in this sum: B commune, C commune"


def test_what_lies_beside_the_parts_is_in_the_sum_and_is_said() -> None:
    found = why(PERCENT, share(40, 100), shares(A=(40, 80)), Decimal(50), kind=COMMUNES)
    assert found.beside == found.distance == -10
    assert found.finding.en == "What falls short lies at none of the parts listed"
    assert found.notes[-1].en == "-10 points lie beside the communes listed with a figure"


def test_a_part_with_nothing_to_count_makes_nothing_of_it() -> None:
    found = why(PERCENT, share(40, 100), shares(A=(40, 100), B=(0, 0)), Decimal(50))
    assert [c.amount for c in found.contributions] == [-10, 0]
    assert found.missing is None


def test_no_gap_names_who_falls_short_all_the_same() -> None:
    found = why(PERCENT, share(80, 100), shares(A=(20, 50), B=(60, 50)), Decimal(70))
    assert (
        found.finding.en
        == "No gap: 10 points ahead of what is asked for; A commune alone takes 15 points away"
    )
    alone = why(PERCENT, share(70, 100), shares(A=(70, 100)), Decimal(70))
    assert alone.finding == Name("Không thiếu: đúng bằng mức cần đạt", "No gap: just what is asked for")


def test_a_count_is_held_against_the_parts_own_aims() -> None:
    parts = [part("A", measured(30), aim=Decimal(50)), part("B", measured(60), aim=Decimal(40))]
    found = why(PEOPLE, measured(90), parts, Decimal(100))
    assert found.shared_by is SharedBy.OWN_AIMS
    assert [c.amount for c in found.contributions] == [-20, 20]
    assert (found.distance, found.beside) == (-10, -10)  # the parts' aims come to 90 only


def test_a_count_without_aims_is_shared_out_by_weight() -> None:
    parts = [part("A", measured(30), weight=Decimal(3)), part("B", measured(60), weight=Decimal(1))]
    found = why(PEOPLE, measured(90), parts, Decimal(100))
    assert found.shared_by is SharedBy.WEIGHTS
    assert [c.amount for c in found.contributions] == [-45, 35]


def test_a_count_with_neither_aims_nor_weights_is_not_shared_out() -> None:
    found = why(PEOPLE, measured(90), [part("A", measured(30)), part("B", measured(60))], Decimal(100))
    assert found.shared_by is SharedBy.NONE
    assert "neither aims" in found.finding.en
    assert all(c.amount is None and c.why_none == found.finding for c in found.contributions)
    assert found.distance == -10


def test_what_is_no_sum_of_its_parts_is_not_shared_out() -> None:
    parts = [part("A", measured(30), aim=Decimal(50))]
    distinct = indicator("người", root=DISTINCT)
    assert "no sum of its parts" in why(distinct, measured(90), parts, Decimal(100)).finding.en
    alone = replace(PERCENT, rules=(replace(rule(), roll_up=RollUp.NONE),))
    assert why(alone, share(1, 2), shares(A=(1, 2)), Decimal(60)).shared_by is SharedBy.NONE


def test_without_a_figure_there_is_nothing_to_explain() -> None:
    found = why(PERCENT, measured(None), shares(A=(1, 2)), Decimal(60))
    assert (found.distance, found.finding.en) == (None, "There is no data")


def test_what_a_figure_is_held_against() -> None:
    day = date(2023, 12, 31)
    assert held_against(target("at_least", 90), PERCENT, day) == (Fraction(70), True)
    assert held_against(target("at_least", 40), PERCENT, day) == (Fraction(40), True)  # kept since the start
    assert held_against(target("at_most", 10, baseline=None), PERCENT, day) == (Fraction(10), False)
    assert held_against(target("between", 10, 20, baseline=None), PERCENT, day) == (Fraction(10), True)
    ranged = target("between", 10, 20, baseline=None, binds_above=True)
    assert held_against(ranged, PERCENT, day) is None
    assert held_against(target("direction", baseline=None), PERCENT, day) is None
    assert START.value == 50


@given(
    st.lists(st.one_of(st.none(), st.tuples(st.integers(0, 99), st.integers(0, 99))), max_size=8),
    st.tuples(st.integers(0, 99), st.integers(1, 99)),
    st.decimals(0, 120, places=2),
    st.booleans(),
)
def test_nothing_of_the_distance_gets_lost(
    figures: list[tuple[int, int] | None], own: tuple[int, int], aim: Decimal, more_is_better: bool
) -> None:
    parts = [part(str(n), None if f is None else share(*f)) for n, f in enumerate(figures)]
    over, under = (sum(f[i] for f in (*figures, own) if f is not None) for i in (0, 1))
    found = why(PERCENT, share(over, under), parts, aim, more_is_better)
    sign = 1 if more_is_better else -1
    assert total(found) == found.distance == sign * (Fraction(over * 100, under) - Fraction(aim))
    told = [c.amount for c in found.contributions if c.amount is not None]
    assert told == sorted(told)
    assert [c.part.id for c in found.contributions if c.amount is None] == [
        p.id for p in parts if p.measurement is None
    ]
    assert sum((c.share for c in found.contributions if c.share), Fraction(0)) <= 1


def test_a_count_of_records_is_a_figure_like_any_other() -> None:
    parts = [part("A", measured(3), aim=Decimal(5))]
    assert why(indicator("hồ sơ", root=COUNT), measured(3), parts, Decimal(5)).contributions[0].amount == -2

"""No figure without origin, and none that rests on synthetic records without their mark.

Shown on the reference engine, which the others equal (``test_engines_agree``), through the making of figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from tests.generative.requests import Case, cases
from tests.helpers.cells import ENGINES
from tests.helpers.world import named

from kieng.measurement.closure import Maps
from kieng.measurement.coverage import Coverages
from kieng.measurement.measure import measure_request
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import Unsupported
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Better, Indicator
from kieng.records.batch import Origin
from kieng.trace.question import Question
from kieng.trace.rested_on import batches_rested_on


def with_indicators(case: Case) -> Definitions:
    """The case's definitions, with an indicator around each rule that is asked."""
    indicators = {
        ask.indicator: Indicator(
            id=ask.indicator,
            name=named(ask.indicator),
            pillar="government",
            unit="count",
            better=Better.HIGHER,
            watch=(),
            leads=(),
            rules=(ask.rule,),
        )
        for ask in case.request.asks
    }
    return replace(case.request.definitions, indicators=indicators)


def figures(case: Case) -> list[Measurement]:
    request = replace(case.request, definitions=with_indicators(case))
    try:
        made = measure_request(
            request,
            ENGINES["reference"],
            case.records,
            Coverages(Maps(request.definitions)),
            name_missing=False,
        )
        return list(made)
    except Unsupported:
        return []


def numbers(found: Iterable[Measurement]) -> list[Measurement]:
    return [one for one in found if one.value is not None]


@given(case=cases())
def test_no_number_is_without_origin(case: Case) -> None:
    assert [one for one in numbers(figures(case)) if not one.origins] == []


@given(case=cases())
def test_what_rests_on_one_kind_of_records_has_that_origin_alone(case: Case) -> None:
    made_up = tuple({**version, "_origin": Origin.SYNTHETIC.bit} for version in case.versions)
    found = numbers(figures(replace(case, versions=made_up)))
    assert {one.origins for one in found} <= {(Origin.SYNTHETIC,)}


@given(case=cases())
def test_a_figure_changes_only_with_records_of_an_origin_it_names(case: Case) -> None:
    """Take all synthetic records away: every figure without their mark stays what it was."""
    one_each = {version["_key"]: version for version in case.versions}  # none hides an older one
    case = replace(case, versions=tuple(one_each.values()))
    real = tuple(v for v in case.versions if v["_origin"] != Origin.SYNTHETIC.bit)
    before = {_place(one): one for one in numbers(figures(case)) if Origin.SYNTHETIC not in one.origins}
    after = {_place(one): one for one in figures(replace(case, versions=real))}
    for place, one in before.items():
        assert place in after, one
        assert (after[place].value, after[place].origins) == (one.value, one.origins)


@given(case=cases())
def test_the_trail_names_the_batches_that_the_origins_are_of(case: Case) -> None:
    of_batch = dict(enumerate((Origin.SYNTHETIC, Origin.MEASURED, Origin.PUBLISHED), start=1))
    versions = tuple({**one, "_origin": of_batch[one["_batch"]].bit} for one in case.versions)
    case = replace(case, versions=versions)
    definitions, readings = with_indicators(case), {str(each): each for each in case.request.readings}
    for one in numbers(figures(case)):
        ask = case.request.asks[one.rule]
        if one.breakdown is None:
            question = Question(
                one.indicator, one.agency, one.period, readings[one.reading], case.request.as_of
            )
            request = replace(case.request, asks=(ask,))
            named_ = batches_rested_on(definitions, question, request, case.records.tail)
            assert {of_batch[batch] for batch in named_} == set(one.origins)


def _place(one: Measurement) -> tuple[object, ...]:
    return (one.indicator, one.rule, one.reading, one.agency, one.period, one.breakdown)

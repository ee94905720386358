"""Random requests: a world, rules over its records, and the records with their versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from tests.generative.formulas import additive, called, formulas, recomputed, record_types
from tests.generative.trees import FIRST, LAST, worlds
from tests.helpers.tables import version, versioned
from tests.helpers.world import calendar_of, definitions, named

from kieng.measurement.request import AS_WAS, LINEAGE, LINEAGE_SHARED, Ask, Reading, Request
from kieng.plan.clock import ClockRule, Supplement
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import Aggregate
from kieng.plan.indicator import Counting, Membership, NotApplicable, RollUp, Rule, Within
from kieng.plan.period import Grain
from kieng.plan.record_type import FieldType, RecordType
from kieng.records.batch import Origin, VersionedRecords

DAYS = st.dates(FIRST, LAST)
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)
CLOCKS = {
    supplement.value: (
        ClockRule(
            id=supplement.value,
            name=named(supplement.value),
            supplement=supplement,
            day_cut_off=time(15),
            second_supplement_is_late=supplement is Supplement.SUBTRACT,
            pending_stops_at_request=supplement is Supplement.SUBTRACT,
        ),
    )
    for supplement in Supplement
}
CALENDAR = calendar_of(
    date(2023, 6, 1), date(2026, 3, 1), off=(date(2024, 2, 12), date(2025, 1, 1)), on=(date(2024, 3, 2),)
)


@dataclass(frozen=True, repr=False)
class Case:
    """A request, and every version of the records it is asked about."""

    request: Request
    kind: RecordType
    versions: tuple[dict[str, Any], ...]

    def __repr__(self) -> str:
        """What a person needs to see the fault: without the calendar and what never changes."""
        world, request = self.request.definitions, self.request
        about = [
            *(
                f"agency {a.id} {a.opened}..{a.closed} {a.parents} {a.weights}"
                for a in world.tree.agencies.values()
            ),
            *(
                f"{e.day} {e.kind}: {[(m.source, m.target, dict(m.shares)) for m in e.moves]}"
                for e in world.reorganisations
            ),
            *(f"ask {ask.indicator}: {ask.rule}" for ask in request.asks),
            f"readings {[str(r) for r in request.readings]} as_of {request.as_of} cut_off {request.cut_off}",
            f"first {request.first} last {request.last}; {world.not_applicable}",
            f"placed_in {self.kind.placed_in} state {self.kind.state_field}",
            f"absence {self.kind.absence_field}",
            *(str({k: v for k, v in each.items() if v is not None}) for each in self.versions),
        ]
        return "\n".join(about)

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """Hypothesis's own way of showing a dataclass would be a thousand lines long."""
        printer.text(repr(self))

    @property
    def records(self) -> VersionedRecords:
        return versioned(self.kind, self.versions, self.request.as_of)


countings = st.one_of(
    st.builds(
        Counting,
        st.sampled_from([(Grain.MONTH,), (Grain.MONTH, Grain.YEAR), (Grain.QUARTER, Grain.HALF)]),
        st.just(Membership.BY),
        st.sampled_from(["happened", "began", "ended"]),
    ),
    st.builds(
        Counting,
        st.sampled_from([(Grain.QUARTER,), (Grain.YEAR, Grain.HALF)]),
        st.sampled_from([Membership.OPEN, Membership.IN_FORCE]),
        st.sampled_from(["happened", "began"]),
        st.sampled_from(["ended", "due"]),
    ),
)


def rules(aggregates: st.SearchStrategy[Aggregate], **fixed: Any) -> st.SearchStrategy[Rule]:
    """Rules over ``fact``; ``fixed`` strategies replace the ones for a field of the rule."""
    usual: dict[str, Any] = {
        "record": st.just("fact"),
        "counting": countings,
        "formula": formulas(aggregates),
        "roll_up": st.sampled_from([RollUp.SUMS, RollUp.SUMS, RollUp.NONE]),
        "within": st.sampled_from(Within),
        "reporters": st.sampled_from([("commune",), ("department", "district", "commune")]),
        "recast_by": st.just("population"),
        "breakdowns": st.sampled_from([(), ("kind",), ("flag", "kind"), ("number",)]),
        "valid_from": st.one_of(st.none(), st.none(), st.none(), st.just(date(2024, 6, 30))),
        "valid_to": st.one_of(st.none(), st.none(), st.none(), st.just(date(2025, 3, 31))),
    }
    return st.builds(Rule, **{**usual, **fixed})


any_rule = called("any_rule", rules(st.one_of(additive, additive, recomputed)))


def values(kind: FieldType, agencies: list[str], codes: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Values of a field; few different ones, so that records meet."""
    hours = st.sampled_from([time(0), time(9, 30), time(15), time(16, 1)])
    known: dict[FieldType, st.SearchStrategy[Any]] = {
        FieldType.TEXT: st.sampled_from(["x", "y"]),
        FieldType.CODE: st.sampled_from(codes or ("a",)),
        FieldType.BOOLEAN: st.booleans(),
        FieldType.INTEGER: st.integers(0, 4),
        FieldType.DECIMAL: st.sampled_from(
            [Decimal(n) for n in ("0", "1", "100", "0.000001", "-2.5", "33.333333", "123456789012.25")]
        ),
        FieldType.DATE: DAYS,
        FieldType.DATETIME: st.builds(datetime.combine, DAYS, hours),
        FieldType.AGENCY: st.sampled_from(agencies),
    }
    return st.one_of(*[known[kind]] * 5, st.none())


@st.composite
def versions_of(draw: Any, kind: RecordType, agencies: list[str]) -> tuple[dict[str, Any], ...]:
    """Versions of a few records, some withdrawn, in batches recorded one after the other."""
    whole = {
        name: values(field.type, agencies, field.values)
        for name, field in kind.fields.items()
        if name not in ("id", "agency")
    }
    communes = [agency for agency in agencies if agency.startswith("c")]
    found = []
    for row in range(draw(st.sampled_from([12, 9, 6, 3, 0]))):
        fields = {name: draw(strategy) for name, strategy in whole.items()}
        fields["id"] = draw(st.sampled_from("abcdefgh"))
        fields["agency"] = draw(st.sampled_from([*agencies, *communes, *communes, "nowhere"]))
        batch = draw(st.integers(1, 3))
        found.append(
            version(
                kind,
                fields,
                row=row,
                batch=batch,
                recorded_at=BEGINNING + timedelta(days=batch),
                origin=draw(st.sampled_from(Origin)),
                withdrawn=draw(st.integers(0, 9)) == 9,
            )
        )
    return tuple(found)


@st.composite
def cases(draw: Any, rule: st.SearchStrategy[Rule] = any_rule) -> Case:
    """A whole question: definitions, records and what is asked."""
    tree, reorganisations = draw(worlds())
    kind = draw(record_types)
    agencies = list(tree.agencies)
    excepted = NotApplicable("i0", draw(st.sampled_from(agencies)), "made up", None, date(2025, 1, 15))
    world: Definitions = definitions(
        tree,
        [kind],
        reorganisations=reorganisations,
        calendar=CALENDAR,
        clocks=CLOCKS,
        not_applicable=draw(st.sampled_from([(), (excepted,)])),
        promised=agencies if draw(st.booleans()) else (),
    )
    asked = draw(st.lists(rule, min_size=1, max_size=3))
    cut_off = draw(st.one_of(st.just(date(2026, 1, 15)), st.dates(date(2024, 6, 1), LAST)))
    bounds = draw(
        st.sampled_from([(None, None), (None, None), (None, None), (date(2024, 5, 5), date(2025, 5, 5))])
    )
    request = Request(
        definitions=world,
        record_type=kind.id,
        asks=tuple(Ask(f"i{number}", number, one) for number, one in enumerate(asked)),
        readings=(
            AS_WAS,
            Reading(draw(st.one_of(st.just(LAST), st.just(FIRST), DAYS))),
            LINEAGE,
            LINEAGE_SHARED,
        ),
        as_of=BEGINNING + timedelta(days=draw(st.sampled_from([5, 5, 3, 2]))),
        cut_off=cut_off,
        first=bounds[0],
        last=bounds[1],
    )
    return Case(request, kind, draw(versions_of(kind, agencies)))

"""Which figures are of less where their agency was there for a part of the period only."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.helpers.world import definitions, record_type_from, tree_from
from tests.unit.measurement.cast import rule

from kieng.measurement.spans import part_there
from kieng.plan.agency import Part
from kieng.plan.indicator import Counting, Membership, Reports
from kieng.plan.period import Grain, Period
from kieng.plan.record_type import RecordType

TREE = tree_from("""
old     province  ..2025-07-01
new     province  2025-07-01..
""")
FIELDS = {
    "on_day": {"type": "date"},
    "good": {"type": "boolean"},
    "amount": {"type": "decimal", "quantity": "flow"},
}
EVENT = record_type_from({"id": "visit", "anchor": "on_day", "fields": FIELDS})
ABSENCE = {"type": "code", "values": ["no_data", "not_applicable", "zero_denominator"]}
REPORT = record_type_from(
    {"id": "visit", "anchor": "on_day", "fields": {**FIELDS, "absence": ABSENCE}, "absence": "absence"}
)
YEAR = Period.parse("2025")
CUT = (None, date(2025, 6, 30)), (date(2025, 7, 1), None)
WHOLE = (None, None), (None, None)
BOTH = (Grain.MONTH, Grain.YEAR)


@pytest.mark.parametrize(
    ("kind", "formula", "changes", "said"),
    [
        (EVENT, "count()", {}, CUT),
        (EVENT, "count(where good) / count()", {}, CUT),
        (EVENT, "count()", {"counting": Counting(BOTH, Membership.OPEN, "on_day", "on_day")}, CUT),
        (EVENT, "count()", {"counting": Counting(BOTH, Membership.IN_FORCE, "on_day", "on_day")}, WHOLE),
        (EVENT, "latest(amount)", {}, WHOLE),
        (REPORT, "max(amount)", {}, WHOLE),
        (REPORT, "latest(amount)", {}, WHOLE),
        (REPORT, "sum(amount)", {"grains": (Grain.YEAR,)}, WHOLE),
        (REPORT, "sum(amount)", {"reports": Reports(every=Grain.YEAR)}, WHOLE),
        (REPORT, "sum(amount)", {}, CUT),  # the months of half a year are fewer
    ],
)
def test_only_what_is_counted_over_time_is_of_a_part(
    kind: RecordType, formula: str, changes: dict[str, Any], said: tuple[Part, Part]
) -> None:
    known, counted = definitions(TREE, [kind]), rule(formula, **{"grains": BOTH, **changes})
    assert tuple(part_there(known, counted, one, YEAR) for one in ("old", "new")) == said

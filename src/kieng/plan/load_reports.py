"""How a rule is reported: ``reports: {every: quarter, due: 10 days after}``, or ``reports: none``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kieng.plan.citation import citation
from kieng.plan.indicator import Counting, Reports, Source
from kieng.plan.period import Grain
from kieng.plan.yaml_text import Located, Section

_DUE = re.compile(r"(?P<days>\d{1,3}) days? after", re.ASCII)


def read_reports(
    section: Section, counting: Counting | None, sources: Mapping[str, Source]
) -> Reports | None:
    """None when the text says nothing of it."""
    at = section.get("reports")
    if at is None:
        return None
    if at.scalar == "none":
        return Reports(owed=False)
    inner = section.section("reports")
    if inner is None:
        return None
    every = inner.choice("every", Grain) if inner.has("every") else None
    found = Reports(True, every, inner.read("due", _due), citation(inner, sources))
    inner.no_other_keys()
    if every and counting and every.months < min(grain.months for grain in counting.grains):
        why = "It is reported more often than it is counted."
        inner.problem("every", "reported-too-often", why, "Add this length of period to `period:`.")
    return found


def _due(at: Located) -> int | None:
    found = _DUE.fullmatch((at.scalar or "").strip())
    if found is None:
        at.problem("unreadable-due", "It is not said by when.", "Write `10 days after`.")
        return None
    return int(found["days"])

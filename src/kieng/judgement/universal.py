"""A target that only says "phổ cập": for everybody, and no figure.

It is met when nobody is left out, and everybody who is expected has a figure. Short of that the plan does not
say how much is enough, so nothing is called missed: until the deadline the figure is told (*not due yet*),
after it that the plan names no figure (*unknown*), which whoever made the plan can mend, or who is missing
(*open*).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kieng.judgement.bounds import covered_share
from kieng.judgement.coverage_words import coverage_text
from kieng.judgement.due import is_due
from kieng.judgement.phrases import NO_NUMBER, both, figure
from kieng.judgement.standing import Standing
from kieng.measurement.measurement import Measurement, Status
from kieng.plan.indicator import Indicator
from kieng.plan.target import Target
from kieng.words import Name

EVERYBODY = Decimal(100)


def universal(
    target: Target, indicator: Indicator, measurement: Measurement | None, today: date
) -> tuple[Standing, Name]:
    """The standing, and why."""
    due = is_due(target, today)
    if measurement is None or measurement.value is None:
        status = measurement.status if measurement else Status.NO_DATA
        return (Standing.DUE_NO_FIGURE if due else Standing.NO_DATA), NO_NUMBER[status]
    told = {"v": figure(measurement.value, indicator, EVERYBODY), "w": target.wording or ""}
    if measurement.value >= EVERYBODY and measurement.state != "estimate":
        if covered_share(measurement.coverage) >= 1:
            return Standing.MET, both("{v}: không còn ai ở ngoài", "{v}: nobody is left out", **told)
        words = both(
            "{v} ở những nơi đã có số, chưa kết luận: {who}",
            "{v} where there is a figure, open: {who}",
            v=told["v"],
            who=coverage_text(measurement.coverage) or Name("", ""),
        )
        return (Standing.OPEN if due else Standing.NOT_DUE), words
    words = both(
        "{v}; kế hoạch ghi “{w}”, không nêu con số nên không kết luận được đạt hay không",
        "{v}; the plan says “{w}” and names no figure, so that neither met nor missed can be said",
        **told,
    )
    return (Standing.UNKNOWN if due else Standing.NOT_DUE), words

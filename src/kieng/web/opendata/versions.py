"""What became known when, and which figures that changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kieng.measurement.measurement import Measurement
from kieng.records.batch import Batch
from kieng.web.door import State
from kieng.web.opendata.licence import is_synthetic
from kieng.web.opendata.published import Answer, Figure, Question, published


@dataclass(frozen=True)
class Change:
    """One figure at both moments; None: there was none."""

    before: Figure | None
    after: Figure | None

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def measurement(self) -> Measurement:
        one = self.after or self.before
        assert one is not None
        return one.measurement

    @property
    def synthetic(self) -> bool:
        return is_synthetic(self.measurement)


@dataclass(frozen=True)
class Difference:
    """What changed between two moments, and what may have changed it. ``before`` and ``after`` are the
    answers of both moments."""

    before: Answer
    after: Answer
    changes: tuple[Change, ...]
    batches: tuple[Batch, ...]
    text_changed: bool
    rule_changed: bool


def difference(
    state: State, indicator: str, agency: str | None, first: datetime, last: datetime
) -> Difference:
    """Every figure of one indicator that is not the same at both moments. UserError, Busy."""
    old, new = (published(state, Question(indicator, agency, as_of=at)) for at in (first, last))
    was, now = ({_key(one): one for one in answer.figures} for answer in (old, new))
    keys = [*now, *(key for key in was if key not in now)]
    changes = tuple(
        Change(was.get(key), now.get(key)) for key in keys if _told(was.get(key)) != _told(now.get(key))
    )
    rules = [answer.definitions.indicators.get(indicator) for answer in (old, new)]
    texts = [answer.definitions.fingerprint for answer in (old, new)]
    found = _batches(state, new, old)
    return Difference(old, new, changes, found, texts[0] != texts[1], rules[0] != rules[1])


def _batches(state: State, new: Answer, old: Answer) -> tuple[Batch, ...]:
    """The deliveries between the two moments that the indicator is measured from."""
    if not new.figures and not old.figures:
        return ()
    one = (new.figures or old.figures)[0].measurement
    kinds = {rule.record for rule in new.definitions.indicators[one.indicator].rules}
    return tuple(
        b for b in state.batches if b.record_type in kinds and old.as_of < b.recorded_at <= new.as_of
    )


def _key(one: Figure) -> tuple[object, ...]:
    return one.measurement.agency, one.measurement.period, one.measurement.breakdown


def _told(one: Figure | None) -> tuple[object, ...] | None:
    """What the public is told of it: a hidden figure that changed has not changed for them."""
    if one is None:
        return None
    return ("hidden",) if one.hidden else (one.measurement.value, one.measurement.status)

"""Since when nothing has been delivered. What is open or in force holds by itself until an end comes, so a
register that nobody keeps any more would be measured for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from kieng.measurement.request import Ask
from kieng.measurement.value import NO_DELIVERY
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Membership, Rule
from kieng.plan.period import Grain, Period
from kieng.plan.silence import months_of_silence
from kieng.records.batch import VersionedRecords
from kieng.records.reading import dataset_of


def lasts(rule: Rule) -> bool:
    """Whether a record goes on counting without being delivered again."""
    return rule.counting.membership is not Membership.BY


def reach_of(records: VersionedRecords, cut_off: date, asks: Iterable[Ask]) -> date | None:
    """The first day of the newest month that some record is about, up to ``cut_off``; None without any, and
    where none of ``asks`` asks for it. A version that was superseded or withdrawn was delivered as well."""
    if not any(lasts(ask.rule) for ask in asks):
        return None
    newest = newest_day(records, cut_off)
    return None if newest is None else newest.replace(day=1)


def newest_day(records: VersionedRecords, cut_off: date) -> date | None:
    """The newest day that some record is about, up to ``cut_off``: beyond it nothing is known yet."""
    anchor = records.record_type.anchor
    known = pc.field("_recorded_at") <= pa.scalar(records.as_of, pa.timestamp("us", tz="UTC"))
    days = dataset_of(records).to_table([anchor], filter=known)[anchor].cast(pa.date32())
    newest: date | None = pc.max(days.filter(pc.less_equal(days, pa.scalar(cut_off)))).as_py()
    return newest


def reach_in(months: Iterable[str], cut_off: date) -> date | None:
    """:func:`reach_of` from the names of the ledger's months."""
    known = [date.fromisoformat(f"{month}-01") for month in months if month[:1].isdigit()]
    return max((month for month in known if month <= cut_off), default=None)


def silence(rule: Rule, reach: date | None, period: Period, cut_off: date) -> str | None:
    """The reason why a figure of ``period`` no longer stands; None where it does."""
    if reach is None or not lasts(rule):
        return None
    day = min(period.last_day, cut_off)
    months = months_of_silence(rule, period.grain, day)
    if months is None or Period(reach, Grain.MONTH).shift(months).last_day >= day:
        return None
    return f"{NO_DELIVERY}: {reach:%Y-%m}"


def silent_now(
    definitions: Definitions, indicator: str, reach: Mapping[str, date | None], cut_off: date
) -> str:
    """The reasons why figures of an indicator no longer stand on ``cut_off``; empty while all do. When it
    changes, so do figures of which no record has. ``reach`` is by record type."""
    reasons = (
        silence(rule, reach.get(rule.record), Period.containing(cut_off, grain), cut_off)
        for rule in definitions.indicators[indicator].rules
        for grain in rule.counting.grains
    )
    return " ".join(reason for reason in reasons if reason)

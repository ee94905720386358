"""The trail of one figure: rule, text, map, weights, batches, records in, records out and why, people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import pyarrow as pa

from kieng.measurement.closure import Maps
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import WEIGHT_UNIT, Request
from kieng.plan.agency import Post
from kieng.plan.dated import on_day
from kieng.plan.definitions import Definitions
from kieng.plan.formula.nodes import AggregateKind
from kieng.plan.indicator import Indicator, Rule
from kieng.plan.recast import Atlas
from kieng.plan.reorganisation import Reorganisation
from kieng.plan.stock_succession import StockSuccession
from kieng.records.batch import Batch
from kieng.stores.reference.aggregates import counts, gives
from kieng.stores.reference.known import newest_versions
from kieng.stores.reference.landing import agencies_counting
from kieng.stores.reference.membership import effective_cut_off, periods_of
from kieng.stores.reference.rows import Context, truth
from kieng.stores.reference.stocks import stock_keys
from kieng.trace.question import Question
from kieng.trace.reporters import Reporters, reporters
from kieng.trace.rested_on import batches_rested_on
from kieng.words import Name


class Verdict(StrEnum):
    """What became of a version on its way to the figure."""

    USED = "used"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    OTHER_PERIOD = "other_period"
    OTHER_AGENCY = "other_agency"
    CONDITION_FALSE = "condition_false"
    CONDITION_UNKNOWN = "condition_unknown"
    OLDER_FIGURE = "older_figure"
    BLANK = "blank"

    @property
    def words(self) -> Name:
        return _WORDS[self]


_WORDS = {
    Verdict.USED: Name("được tính", "counted"),
    Verdict.SUPERSEDED: Name("đã có bản mới hơn", "superseded by a newer version"),
    Verdict.WITHDRAWN: Name("nguồn đã rút lại", "withdrawn by its source"),
    Verdict.OTHER_PERIOD: Name("không thuộc kỳ này", "not of this period"),
    Verdict.OTHER_AGENCY: Name("không thuộc đơn vị này", "not of this agency"),
    Verdict.CONDITION_FALSE: Name("không thoả điều kiện của công thức", "the formula's condition is false"),
    Verdict.CONDITION_UNKNOWN: Name("thiếu số liệu để xét điều kiện", "the formula's condition is unknown"),
    Verdict.OLDER_FIGURE: Name(
        "đơn vị ấy, hoặc đơn vị nối tiếp, có số mới hơn trong kỳ",
        "its agency, or that one's heir, has a newer figure in the period",
    ),
    Verdict.BLANK: Name("để trống, không có số", "a blank without a figure"),
}


@dataclass(frozen=True)
class TracedRecord:
    """One version with its verdict. ``counted`` tells, per aggregate of the formula, whether it counts."""

    key: str
    batch: int
    row: int
    agency: str
    weight: int  # of WEIGHT_UNIT, as it counts for the question's agency
    verdict: Verdict
    counted: tuple[bool, ...]


@dataclass(frozen=True)
class Contribution:
    """What one agency below brings: records used, and by which weight they came."""

    agency: str
    weight: int
    used: int


@dataclass(frozen=True)
class Trace:
    """Everything the figure rests on."""

    question: Question
    measurement: Measurement
    indicator: Indicator
    rule: Rule
    fingerprint: str
    tree_day: date
    events: tuple[Reorganisation, ...]
    contributions: tuple[Contribution, ...]
    batches: tuple[tuple[Batch, int], ...]  # those it rests on; how many of their records are used
    records: tuple[TracedRecord, ...]
    verdicts: Mapping[Verdict, int]
    reporters: Reporters
    head_then: Post | None
    head_today: tuple[str, Post] | None  # who answers now: the agency (or what it became) and its post
    definitions: Definitions


def trace(
    definitions: Definitions,
    question: Question,
    request: Request,
    versions: pa.Table,
    measurement: Measurement,
    batches: Iterable[Batch],
    today: date,
) -> Trace:
    """Explain ``measurement`` from ``versions`` (see :func:`kieng.trace.select.versions_for`)."""
    indicator, rule = definitions.indicators[question.indicator], request.asks[0].rule
    records = tuple(_traced(definitions, question, request, versions))
    uses = Counter(record.batch for record in records if record.verdict is Verdict.USED)
    rested_on = batches_rested_on(definitions, question, request, versions)
    maps = Maps(definitions, request.cut_off)
    tree_day = _tree_day(definitions, question)
    return Trace(
        question=question,
        measurement=measurement,
        indicator=indicator,
        rule=rule,
        fingerprint=definitions.fingerprint,
        tree_day=tree_day,
        events=_events(definitions, question, records),
        contributions=_contributions(records),
        batches=tuple((b, uses[b.sequence]) for b in batches if b.sequence in rested_on),
        records=records,
        verdicts=Counter(record.verdict for record in records),
        reporters=reporters(maps, question, request, versions),
        head_then=_head(definitions, question.agency, tree_day),
        head_today=_head_today(definitions, maps.atlas, question.agency, tree_day, today, rule.recast_by),
        definitions=definitions,
    )


def _traced(
    definitions: Definitions, question: Question, request: Request, versions: pa.Table
) -> Iterable[TracedRecord]:
    newest = newest_versions(versions.to_pylist(), question.as_of)
    judge_newest = _judge(definitions, question, request)
    judged = {key: judge_newest(record) for key, record in newest.items()}
    stocks = _stocks(definitions, question, request, newest.values())
    for version in versions.to_pylist():
        key, record = version["_key"], newest[version["_key"]]
        same = (version["_batch"], version["_row"]) == (record["_batch"], record["_row"])
        if same:
            yield _without_older(judged[key], stocks)
        else:
            yield _line(definitions, request, version, Verdict.SUPERSEDED)


def _stocks(
    definitions: Definitions, question: Question, request: Request, newest: Iterable[dict[str, Any]]
) -> Mapping[int, set[str]]:
    """For each ``latest`` of the formula, the keys of the records that make the stock. Also records that do
    not count for the question's agency have a say: their agency may have taken another's place."""
    rule, period = request.asks[0].rule, question.period
    record_type, until = definitions.record_types[rule.record], effective_cut_off(period, request)
    succession = StockSuccession(definitions.tree, definitions.reorganisations)
    context = _context(definitions, question, request)
    there = [
        record
        for record in newest
        if not record["_withdrawn"]
        and record[record_type.agency_field] is not None
        and period in periods_of(record, rule.counting, period.grain, request)
    ]
    return {
        number: stock_keys(
            [record for record in there if gives(aggregate, rule.formula, record, context)],
            rule,
            record_type,
            until,
            succession,
        )
        for number, aggregate in enumerate(rule.formula.aggregates)
        if aggregate.kind is AggregateKind.LATEST
    }


def _context(definitions: Definitions, question: Question, request: Request) -> Context:
    return Context(
        effective_cut_off(question.period, request),
        definitions.calendar,
        definitions.clocks,
        definitions.record_types[request.record_type].clock,
    )


def _without_older(one: TracedRecord, stocks: Mapping[int, set[str]]) -> TracedRecord:
    """A stock is made of the newest figures alone: the others count for nothing in it."""
    if one.verdict is not Verdict.USED:
        return one
    counted = tuple(
        counts_in and one.key in stocks.get(number, {one.key}) for number, counts_in in enumerate(one.counted)
    )
    return replace(one, counted=counted, verdict=Verdict.USED if any(counted) else Verdict.OLDER_FIGURE)


def _judge(
    definitions: Definitions, question: Question, request: Request
) -> Callable[[dict[str, Any]], TracedRecord]:
    """How the newest version of a record fares."""
    rule = request.asks[0].rule
    atlas = Atlas(definitions.tree, definitions.reorganisations)
    context, until = _context(definitions, question, request), effective_cut_off(question.period, request)
    aggregates = rule.formula.aggregates

    def judged(record: dict[str, Any]) -> TracedRecord:
        if record["_withdrawn"]:
            return _line(definitions, request, record, Verdict.WITHDRAWN)
        if question.period not in periods_of(record, rule.counting, question.period.grain, request):
            return _line(definitions, request, record, Verdict.OTHER_PERIOD)
        asked = rule, question.period, question.reading, definitions, atlas, until
        landed = agencies_counting(record, *asked)
        weight = landed.get(question.agency)
        if weight is None:
            return _line(definitions, request, record, Verdict.OTHER_AGENCY)
        counted = tuple(gives(one, rule.formula, record, context) for one in aggregates)
        if any(counted):
            return _line(definitions, request, record, Verdict.USED, weight, counted)
        if any(counts(aggregate, record, context) for aggregate in aggregates):
            return _line(definitions, request, record, Verdict.BLANK, weight, counted)
        truths = [truth(one.where, record, context) for one in aggregates if one.where is not None]
        verdict = Verdict.CONDITION_UNKNOWN if None in truths else Verdict.CONDITION_FALSE
        return _line(definitions, request, record, verdict, weight, counted)

    return judged


def _line(
    definitions: Definitions,
    request: Request,
    version: Mapping[str, Any],
    verdict: Verdict,
    weight: int = WEIGHT_UNIT,
    counted: tuple[bool, ...] = (),
) -> TracedRecord:
    agency = version[definitions.record_types[request.record_type].agency_field]
    return TracedRecord(
        version["_key"], version["_batch"], version["_row"], agency or "", weight, verdict, counted
    )


def _contributions(records: Iterable[TracedRecord]) -> tuple[Contribution, ...]:
    used = Counter((one.agency, one.weight) for one in records if one.verdict is Verdict.USED)
    return tuple(Contribution(agency, weight, n) for (agency, weight), n in sorted(used.items()))


def _tree_day(definitions: Definitions, question: Question) -> date:
    if question.reading.map_day is not None:
        return question.reading.map_day
    agency = definitions.tree.agencies[question.agency]
    return agency.last_day_in(question.period) or question.period.last_day


def _events(
    definitions: Definitions, question: Question, records: Iterable[TracedRecord]
) -> tuple[Reorganisation, ...]:
    """The reorganisations that carried a used record to the map it is read on, in their order in time."""
    day = question.reading.map_day or question.period.last_day
    first, last = sorted((question.period.start, day))
    between = sorted((e for e in definitions.reorganisations if first < e.day <= last), key=lambda e: e.day)
    at = {record.agency for record in records if record.verdict is Verdict.USED}
    back = day < question.period.start
    found = []
    for event in reversed(between) if back else between:
        ways = [(move.target, move.source) if back else (move.source, move.target) for move in event.moves]
        reached = {end for start, end in ways if start in at}
        if reached:
            found.append(event)
            at |= reached
    return tuple(sorted(found, key=lambda event: event.day))


def _head(definitions: Definitions, agency: str, day: date) -> Post | None:
    return on_day(definitions.tree.agencies[agency].heads, day)


def _head_today(
    definitions: Definitions, atlas: Atlas, agency: str, then: date, today: date, basis: str
) -> tuple[str, Post] | None:
    """The head of the agency today, or of the agency that the larger part of it became."""
    landings = atlas.recast(agency, then, today, basis)
    if not landings:
        return None
    heir = max(landings, key=lambda landing: (landing.weight, landing.agency)).agency
    post = _head(definitions, heir, today)
    return (heir, post) if post else None

"""Ask a workspace why a figure is what it is, and pack the answer into a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from kieng.judgement.compare import MergerComparison, merger_comparison
from kieng.measurement.closure import Maps
from kieng.measurement.delivered import known_through
from kieng.measurement.measure import cut_off_day
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import Reading, Request
from kieng.measurement.silence import reach_of
from kieng.plan.definitions import Definitions
from kieng.plan.load import text_of
from kieng.plan.period import Period
from kieng.plan.reorganisation import Reorganisation, ReorganisationKind
from kieng.records.batch import Batch, VersionedRecords
from kieng.trace.bundle import figure_of, write_bundle
from kieng.trace.question import Question, request_for, rule_in_force
from kieng.trace.select import versions_for
from kieng.trace.trace import Trace, trace
from kieng.workspace.figures import reading_of
from kieng.workspace.folder import Workspace, agency_of, moment_asked


@dataclass(frozen=True)
class Explanation:
    """A trace, and what a bundle of it needs. ``text_kept_later``: no text was kept yet at ``as_of``."""

    trace: Trace
    text: dict[str, bytes]
    versions: pa.Table
    batches: tuple[Batch, ...]
    text_kept_later: bool
    merger: Merger | None


@dataclass(frozen=True)
class Merger:
    """The province merger that made the agency, and a ratio's figures of the former provinces."""

    event: Reorganisation
    parts: tuple[Measurement, ...]
    comparison: MergerComparison


def explain(
    workspace: Workspace, indicator: str, agency: str, period: Period, map_: str, as_of: datetime | None
) -> Explanation:
    """The trail of one figure, stored (as of the last measuring) or as of a moment.

    Raises UserError for an unknown indicator, agency or map, or where there is no figure.
    """
    moment = _moment(workspace, as_of)
    known = workspace.ledger.plan_as_of(moment)
    definitions = workspace.definitions_as_of(moment)
    question = Question(
        indicator,
        agency_of(definitions, agency, period),
        period,
        reading_of(map_, cut_off_day(definitions, moment)),
        moment,
    )
    _, _, rule = rule_in_force(definitions, question)
    all_records = workspace.ledger.records(definitions.record_types[rule.record], moment)
    asks = request_for(definitions, question).asks
    question = replace(question, reach=reach_of(all_records, cut_off_day(definitions, moment), asks))
    request = request_for(definitions, question)
    measurement, versions = _figure(workspace, request, question, all_records)
    batches = workspace.ledger.batches(moment)
    delivered = known_through(definitions, batches, request.cut_off).get(indicator)
    measurement = replace(measurement, known_through=delivered)
    today = cut_off_day(definitions, datetime.now(UTC))
    found = trace(definitions, question, request, versions, measurement, batches, today)
    present = set(versions["_batch"].unique().to_pylist())
    return Explanation(
        trace=found,
        text=dict(known.files) if known else text_of(workspace.root),
        versions=versions,
        batches=tuple(batch for batch in batches if batch.sequence in present),
        text_kept_later=known is not None and known.later,
        merger=_merger(workspace, request, question, all_records, measurement),
    )


def _figure(
    workspace: Workspace, request: Request, question: Question, all_records: VersionedRecords
) -> tuple[Measurement, pa.Table]:
    """The figure, and the versions that can have a say in it."""
    maps = Maps(request.definitions, request.cut_off)
    versions = versions_for(maps, all_records, request.asks[0].rule, question)
    records = VersionedRecords.in_memory(all_records.record_type, versions, all_records.as_of)
    return figure_of(request, question, workspace.engine, records), versions


def _merger(
    workspace: Workspace,
    request: Request,
    question: Question,
    all_records: VersionedRecords,
    merged: Measurement,
) -> Merger | None:
    """None where no province merger made the agency, for anything but a ratio, and where the parts are
    not parts of the figure (a stock that the former and the new agencies reported in one period)."""
    event = _merger_into(request.definitions, question.agency)
    if event is None or merged.numerator is None:
        return None
    before = Reading(event.day - timedelta(days=1))
    parts = []
    for move in event.moves:
        if move.target == question.agency:
            asked = replace(question, agency=move.source, reading=before)
            of_part = request_for(request.definitions, asked)
            parts.append(_figure(workspace, of_part, asked, all_records)[0])
    if not _add_up(parts, merged):
        return None
    return Merger(event, tuple(parts), merger_comparison(merged, parts))


def _add_up(parts: Sequence[Measurement], merged: Measurement) -> bool:
    there = [part for part in parts if part.numerator is not None and part.denominator is not None]
    sums = sum(part.numerator or 0 for part in there), sum(part.denominator or 0 for part in there)
    return sums == (merged.numerator, merged.denominator)


def _merger_into(definitions: Definitions, agency: str) -> Reorganisation | None:
    mergers = [e for e in definitions.reorganisations if e.kind is ReorganisationKind.PROVINCE_MERGER]
    return next((e for e in mergers if any(move.target == agency for move in e.moves)), None)


def pack(explanation: Explanation, path: Path) -> None:
    """Write the explanation's bundle to ``path``."""
    found = explanation.trace
    write_bundle(
        path,
        found.definitions,
        found.question,
        found.measurement,
        explanation.text,
        explanation.versions,
        explanation.batches,
    )


def _moment(workspace: Workspace, as_of: datetime | None) -> datetime:
    """The moment asked for; else that of the stored figures; else now."""
    if as_of is not None:
        return moment_asked(workspace.definitions, as_of)
    run = workspace.stored.run()
    return run.as_of if run else datetime.now(UTC)

"""A bundle: one figure with everything it takes to make it again on a machine without the workspace.

A zip of plain files: the question and the expected answer (JSON), the plan's text, the versions that can have
a say (Parquet, without persons and without the hashes that stand for them), the batches they came in, and a
list of SHA-256 sums.
:func:`recompute` makes the figure anew with the reference engine, so the check is also a second opinion.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kieng.measurement.closure import Maps
from kieng.measurement.coverage import Coverages
from kieng.measurement.fuse import fields_read
from kieng.measurement.measure import Span, measure_request
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import Engine, Reading, Request
from kieng.plan.definitions import Definitions
from kieng.plan.period import Period
from kieng.plan.record_type import RecordType
from kieng.problems import refuse
from kieng.records.batch import Batch, VersionedRecords, ledger_schema
from kieng.records.disk import whole_or_not_there
from kieng.records.mapping import FileFormat, FileType
from kieng.records.readers.chunk import ColumnChunk
from kieng.records.readers.contained import ContainedFile
from kieng.stores.reference.engine import ReferenceEngine
from kieng.trace.impersonal import impersonal
from kieng.trace.question import Question, request_for

FORMAT = 1
MOST_BYTES = 4 * 1024**3  # of all members, unpacked: a bundle is not a way to fill the memory

#: What Python's zip reader raises for a file that is none, or is damaged, cut short or encrypted.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError)

Load = Callable[[Mapping[str, bytes]], Definitions]


@dataclass(frozen=True)
class Recomputed:
    """The figure as the bundle tells it and as it comes out here."""

    question: Question
    told: Mapping[str, Any]
    made: Mapping[str, Any]

    @property
    def same(self) -> bool:
        return self.told == self.made


def figure_of(request: Request, question: Question, engine: Engine, records: VersionedRecords) -> Measurement:
    """The one measurement the question asks for. Raises UserError when the records give none."""
    span = Span(question.period.start, question.period.last_day)
    coverages = Coverages(Maps(request.definitions, request.cut_off))
    for one in measure_request(request, engine, records, coverages, span):
        place = (one.agency, one.period, one.reading, one.breakdown)
        if place == (question.agency, question.period, str(question.reading), None):
            return one
    raise refuse(
        "",
        "nothing-to-explain",
        f"{question.agency} has no figure of {question.indicator} for {question.period} on this reading.",
        "Look with `kieng show` which periods and agencies have one.",
    )


def answer_of(measurement: Measurement) -> dict[str, Any]:
    """A measurement as the bundle tells it: exact, every digit as text."""
    coverage = measurement.coverage
    return {
        "status": measurement.status.value,
        "reason": measurement.reason,
        "value": _text(measurement.value),
        "parts": [_text(part) for part in measurement.parts],
        "numerator": _text(measurement.numerator),
        "denominator": _text(measurement.denominator),
        "coverage": [coverage.reporting, coverage.expected, _text(coverage.people_share)],
        "weighted": measurement.weighted,
        "state": measurement.state,
        "origins": [origin.value for origin in measurement.origins],
        "used": measurement.used,
        "records": measurement.records,
    }


def write_bundle(
    path: Path,
    definitions: Definitions,
    question: Question,
    measurement: Measurement,
    text: Mapping[str, bytes],
    versions: pa.Table,
    batches: Iterable[Batch],
) -> None:
    """Write the bundle of ``measurement`` to ``path``, replacing what is there."""
    request = request_for(definitions, question)
    record_type = definitions.record_types[request.record_type]
    members = {f"text/{name}": content for name, content in text.items()}
    read = fields_read(request.asks, record_type)
    members["records.parquet"] = _parquet(impersonal(versions, record_type, read))
    members["batches.json"] = _json([asdict(batch) for batch in batches])
    members["figure.json"] = _json(
        {"format": FORMAT, "question": _question_json(question), "answer": answer_of(measurement)}
    )
    members["sha256.json"] = _json({name: _sha256(content) for name, content in members.items()})
    with (
        whole_or_not_there(path) as (passing,),
        zipfile.ZipFile(passing, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name), members[name], zipfile.ZIP_DEFLATED)


def recompute(path: Path, load: Load) -> Recomputed:
    """Make the figure of a bundle anew with the reference engine.

    Raises UserError for a file that is no bundle, or one that was changed since it was written.
    """
    members = _members(path)
    told = _told(path, members)
    question = _question(told["question"])
    text = {name.removeprefix("text/"): data for name, data in members.items() if name.startswith("text/")}
    definitions = load(text)
    request = request_for(definitions, question)
    record_type = definitions.record_types[request.record_type]
    versions = _versions(members["records.parquet"], record_type)
    records = VersionedRecords.in_memory(record_type, versions, question.as_of)
    made = answer_of(figure_of(request, question, ReferenceEngine(), records))
    return Recomputed(question, told["answer"], made)


def _versions(content: bytes, record_type: RecordType) -> pa.Table:
    """The records of a bundle, which comes from others: read within limits, as a delivered file is."""
    schema = ledger_schema(record_type)
    with TemporaryDirectory(prefix="kieng-") as folder:
        path = Path(folder) / "records.parquet"
        path.write_bytes(content)
        source = ContainedFile(path, FileFormat(FileType.PARQUET), path.name)
        names = list(source.names or ())
        tables = [
            pa.table(list(chunk.arrays), names=names)
            for chunk in source.chunks()
            if isinstance(chunk, ColumnChunk)
        ]
    return pa.concat_tables([schema.empty_table(), *(table.cast(schema) for table in tables)])


def _members(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
                raise _no_bundle(path, "it unpacks to more than 4 GB")
            return {name: archive.read(name) for name in archive.namelist()}
    except _UNREADABLE as error:
        raise _no_bundle(path, str(error)) from error


def _told(path: Path, members: Mapping[str, bytes]) -> Any:
    needed = {"figure.json", "sha256.json", "records.parquet", "batches.json"}
    if missing := sorted(needed - members.keys()):
        raise _no_bundle(path, f"it lacks {', '.join(missing)}")
    sums = {name: _sha256(content) for name, content in members.items() if name != "sha256.json"}
    written = _object(path, members["sha256.json"])
    if changed := sorted(name for name in sums | written if sums.get(name) != written.get(name)):
        why = f"These parts were changed since it was written: {', '.join(changed)}."
        raise refuse(str(path), "bundle-changed", why, "Ask for the bundle anew from whoever gave it.")
    told = _object(path, members["figure.json"])
    if told.get("format") != FORMAT:
        raise _no_bundle(path, f"its format is {told.get('format')}, this Kiềng reads {FORMAT}")
    return told


def _object(path: Path, content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise _no_bundle(path, str(error)) from error
    if not isinstance(found, dict):
        raise _no_bundle(path, "a part of it has another shape")
    return found


def _no_bundle(path: Path, why: str) -> Exception:
    return refuse(
        str(path), "not-a-bundle", f"This is no bundle: {why}.", "Make one with `kieng explain --bundle`."
    )


def _question_json(question: Question) -> dict[str, Any]:
    return {
        "indicator": question.indicator,
        "agency": question.agency,
        "period": str(question.period),
        "reading": str(question.reading),
        "as_of": question.as_of.isoformat(),
        "reach": question.reach and question.reach.isoformat(),
    }


def _question(told: Mapping[str, str]) -> Question:
    reading = Reading.of(told["reading"])
    as_of = datetime.fromisoformat(told["as_of"])
    period, reach = Period.parse(told["period"]), told.get("reach")
    known = date.fromisoformat(reach) if reach else None
    return Question(told["indicator"], told["agency"], period, reading, as_of, known)


def _parquet(versions: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(versions, buffer, compression="zstd")
    return buffer.getvalue()


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, default=str).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _text(value: Decimal | None) -> str | None:
    """Equal numbers, equal text: 2.500 and 2.5 are one number."""
    return None if value is None else format(value.normalize() + 0, "f")

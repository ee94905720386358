"""One delivered file with anything in it: what is promised about it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pyarrow.compute as pc
from tests.heavy.making import Made, make
from tests.heavy.seeds import example
from tests.helpers.ledger import open_ledger

from kieng.measurement.measure import measure
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import Engine
from kieng.plan.record_type import FieldType
from kieng.problem_words import in_vietnamese
from kieng.records import intake as intake_module
from kieng.records.batch import Origin, VersionedRecords, intake_schema
from kieng.records.intake import Intake, take_in
from kieng.records.mapping import FileType, Mapping
from kieng.records.refused import write_refused
from kieng.records.row_intake import RowIntake
from kieng.stores.duckdb.engine import DuckdbEngine
from kieng.stores.reference.engine import ReferenceEngine

#: Every so many files the accepted rows are loaded and measured on both engines.
MEASURED = 49


def trial(number: int) -> None:
    """Raises when anything promised about file ``number`` does not hold."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        made = make(number, folder)
        taken = take(made.path, made.mapping)
        every_row_is_accounted_for(taken, made)
        every_refused_row_is_named(taken, made.path)
        accepted_rows_fit(taken, made.mapping)
        both_ways_agree(taken, made)
        refused_rows_can_be_sent_again(taken, made, folder / "refused")
        if number % MEASURED == 0 and taken.rows.num_rows:
            engines_agree(taken, folder / "ledger")


def take(path: Path, mapping: Mapping) -> Intake:
    return take_in([path], mapping, example(), secret=b"secret")


def every_row_is_accounted_for(taken: Intake, made: Made) -> None:
    counts = taken.counts
    assert counts.accepted == taken.rows.num_rows
    if not taken.sound:
        assert counts.accepted == 0
        assert taken.problems, "refused without a word"
        return
    assert counts.rows == counts.accepted + counts.repeated + counts.refused, counts
    if made.rows is not None:
        assert counts.rows == made.rows, (counts, made.rows)


def every_refused_row_is_named(taken: Intake, path: Path) -> None:
    named = {problem.place.line for problem in taken.problems if problem.place.file == path.name}
    assert all(problem.place.file == path.name for problem in taken.problems)
    (lines,) = taken.refused.lines
    assert lines == taken.refused.faults[0].keys()
    assert lines <= named
    assert len(lines) == taken.counts.refused
    for problem in taken.problems:
        assert str(problem)
        assert in_vietnamese(problem) is not None, problem.code


def accepted_rows_fit(taken: Intake, mapping: Mapping) -> None:
    kind, rows = mapping.record_type, taken.rows
    assert rows.schema.equals(intake_schema(kind))
    rows.validate(full=True)
    if not rows.num_rows:
        return
    ids = rows[kind.id_field].to_pylist()
    assert rows["_key"].to_pylist() == [f"{mapping.source}:{id_}" for id_ in ids]
    assert len(set(ids)) == len(ids)
    for name, field in kind.fields.items():
        if field.required or name in (kind.id_field, kind.agency_field):
            assert not rows[name].null_count, name
        present = pc.unique(rows[name].drop_null()).to_pylist()
        if field.type is FieldType.AGENCY:
            assert set(present) <= example().tree.agencies.keys()
        elif field.type is FieldType.CODE and field.values:
            assert set(present) <= set(field.values)
        elif field.type in (FieldType.DATE, FieldType.DATETIME):
            assert all(1900 <= day.year < 2200 for day in present), present


def both_ways_agree(taken: Intake, made: Made) -> None:
    """The plain way, row by row, takes the same rows and says the same about the rest."""
    with mock.patch.object(intake_module, "ColumnIntake", RowIntake):
        plain = take(made.path, made.mapping)
    assert plain.rows.equals(taken.rows)
    assert plain.counts == taken.counts
    assert plain.problems == taken.problems


def refused_rows_can_be_sent_again(taken: Intake, made: Made, folder: Path) -> None:
    """The file of refused rows is readable, has each of them, and none is any better for it."""
    if not taken.sound:
        return  # nothing was loaded: the whole file is to be sent again
    form = made.mapping.format
    written = write_refused(taken.refused, folder)
    assert len(written) == (1 if taken.refused.lines[0] else 0)
    for path in written:
        again = take(path, made.mapping)
        assert again.sound, again.problems
        if form.type is not FileType.PARQUET:  # whose typed cells come back as text
            assert again.counts.accepted + again.counts.repeated == 0 or _conflicting(taken), again.counts
        assert again.counts.rows == taken.counts.refused, (again.counts, taken.counts)


def _conflicting(taken: Intake) -> bool:
    return any(problem.code == "conflicting-rows" for problem in taken.problems)


def engines_agree(taken: Intake, folder: Path) -> None:
    """What was accepted, loaded and measured: the fast engine says what the plain one says."""
    ledger = open_ledger(folder, small=5)
    kind = taken.mapping.record_type
    receipt = ledger.append(taken.delivery(origin=Origin.SYNTHETIC, by="test"))
    assert receipt.accepted == taken.rows.num_rows
    assert [finding for finding in ledger.verify() if finding.damage] == []
    records = ledger.records(kind)
    assert measured(records, DuckdbEngine(threads=1)) == measured(records, ReferenceEngine())


def measured(records: VersionedRecords, engine: Engine) -> list[Measurement]:
    kind = records.record_type.id
    asked = [one for one in example().indicators.values() if any(rule.record == kind for rule in one.rules)]
    found = measure(example(), engine, lambda _: records, records.as_of, None, asked, name_missing=False)
    return sorted(found, key=repr)

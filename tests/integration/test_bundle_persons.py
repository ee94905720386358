"""No person is in a bundle, by name or by hash, and it makes its figure again all the same."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.helpers.workspace import ok
from tests.integration.foreign.facts import permits
from tests.integration.foreign.ministry import AS_OF, Ministry, made

from kieng.measurement.request import AS_WAS
from kieng.plan.period import Period
from kieng.records.reading import dataset_of
from kieng.trace.impersonal import impersonal
from kieng.workspace.explanation import explain, pack

Y25 = Period.parse("2025")


@pytest.fixture(scope="module")
def ministry(tmp_path_factory: pytest.TempPathFactory) -> Ministry:
    return made(tmp_path_factory.mktemp("ministry"))


def persons(ministry: Ministry) -> set[str]:
    """All that stands for a person: the hashes in the ledger, and what the files said."""
    workspace = ministry.workspace
    table = dataset_of(workspace.ledger.records(workspace.definitions.record_types["permit"])).to_table()
    hashes = {value for value in table["holder"].to_pylist() if value}
    assert len(hashes) > 20
    return hashes | {permit.holder for permit in permits()}


def bundle_of(ministry: Ministry, indicator: str, path: Path) -> dict[str, bytes]:
    """The members, of a figure that has records, with Parquet's columns as text."""
    there = (k for k, one in ministry.figures.items() if k[0] == indicator and k[2] == Y25 and one.used)
    agency = next(k[1] for k in there if k[3] == str(AS_WAS) and k[4] is None)
    pack(explain(ministry.workspace, indicator, agency, Y25, "as-was", AS_OF), path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    table = pq.read_table(io.BytesIO(members["records.parquet"]))
    return members | {name: str(table[name].to_pylist()).encode() for name in table.column_names}


@pytest.mark.parametrize("indicator", ["holders", "permits-granted"])
def test_a_bundle_tells_nothing_of_persons_and_makes_its_figure(ministry, tmp_path, indicator):
    members = bundle_of(ministry, indicator, tmp_path / "b.zip")
    told = persons(ministry)
    assert [(name, who) for name, text in members.items() for who in told if who.encode() in text] == []
    assert ("#2" in members["holder"].decode()) == (indicator == "holders")
    result = ok(None, "recompute", tmp_path / "b.zip")
    assert result.exit_code == 0


def test_numbers_tell_equal_from_unequal_over_all_personal_fields_and_begin_anew(ministry):
    kind = ministry.workspace.definitions.record_types["permit"]
    table = pa.table({"holder": ["h1", None, "h2", "h1"], "papers": [1, 2, 3, 4]})
    read = impersonal(table, kind, ("holder",))
    assert read["holder"].to_pylist() == ["#1", None, "#2", "#1"]
    assert read["papers"] == table["papers"]
    assert impersonal(table.slice(2), kind, ("holder",))["holder"].to_pylist() == ["#1", "#2"]
    assert impersonal(table, kind, ("papers",))["holder"].to_pylist() == [None] * 4

"""Every generated file goes in through its mapping; only what is wrong on purpose is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.helpers.text import load_or_refuse

from kieng.examples.generate import GeneratedFile, generate
from kieng.examples.generate.dirt import FAULTS
from kieng.examples.generate.everything import WORKSPACE
from kieng.plan.definitions import Definitions
from kieng.problems import Problems
from kieng.records.intake import take_in
from kieng.records.load_mappings import load_mappings
from kieng.records.mapping import Mapping


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load_or_refuse(WORKSPACE)


@pytest.fixture(scope="module")
def mappings(definitions: Definitions) -> dict[str, Mapping]:
    return load_mappings(WORKSPACE, definitions, Problems())


@pytest.fixture(scope="module")
def files(definitions: Definitions, tmp_path_factory: pytest.TempPathFactory) -> list[GeneratedFile]:
    return generate(definitions, tmp_path_factory.mktemp("made"), cases=3000)


@pytest.mark.slow  # 130 files, 60,000 rows
def test_every_row_goes_in_but_those_wrong_on_purpose(
    definitions: Definitions, mappings: dict[str, Mapping], files: list[GeneratedFile]
) -> None:
    for file in files:
        mapping = mappings[file.mapping]
        taken = take_in([file.path], mapping, definitions, secret=b"secret")
        assert taken.sound, (file.path.name, list(map(str, taken.problems)))
        assert mapping.record_type.id == file.record_type
        assert (taken.counts.accepted, taken.counts.refused) == (file.rows - file.refused, file.refused), (
            file.path.name,
            [str(problem) for problem in taken.problems][:5],
        )


def test_wrong_rows_are_named_with_their_line(
    definitions: Definitions, mappings: dict[str, Mapping], files: list[GeneratedFile]
) -> None:
    faulty = next(file for file in files if file.refused)
    taken = take_in([faulty.path], mappings[faulty.mapping], definitions, secret=b"secret")
    lines = {problem.place.line for problem in taken.problems}
    assert lines == {row + 1 for row, _, _ in FAULTS}


def test_parquet_goes_in(definitions: Definitions, mappings: dict[str, Mapping], tmp_path: Path) -> None:
    made = generate(definitions, tmp_path, cases=300, form="parquet")
    for file in (f for f in made if f.mapping == "national-case-parquet"):
        taken = take_in([file.path], mappings[file.mapping], definitions, secret=b"secret")
        assert (taken.counts.accepted, list(map(str, taken.problems))) == (file.rows, [])


def test_the_three_kinds_of_no_number_arrive(
    definitions: Definitions, mappings: dict[str, Mapping], files: list[GeneratedFile]
) -> None:
    found = set()
    for file in (f for f in files if f.mapping == "commune-report" and "2022" in f.key):
        taken = take_in([file.path], mappings[file.mapping], definitions, secret=b"secret")
        found |= set(taken.rows["absence"].to_pylist())
    assert found == {None, "no_data", "not_applicable", "zero_denominator"}

"""YAML with places: what is read, and what is said when it cannot be."""

from __future__ import annotations

import textwrap
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest
import yaml

import kieng.examples
from kieng.plan.citation import citation
from kieng.plan.indicator import Source
from kieng.plan.yaml_text import read_yaml
from kieng.problems import Place, Problems
from kieng.words import Name


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class File:
    """One YAML text, read, with the problems found in it."""

    def __init__(self, folder, content):
        self.problems = Problems()
        path = folder / "plans" / "a.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).encode())
        self.top = read_yaml(path, self.problems, folder)

    @property
    def section(self):
        return self.top.section()

    def said(self):
        return [(str(p.place), p.code) for p in self.problems.sorted()]


@pytest.fixture
def read(tmp_path):
    return lambda content: File(tmp_path, content)


def test_values_are_the_text_that_was_written(read):
    section = read("a: no\nb: 00123\nc: 2025-07-01\nd: 1.50\ne: on\nf: '55'\n").section
    assert [section.text(key) for key in "abcdef"] == ["no", "00123", "2025-07-01", "1.50", "on", "55"]


def test_values_are_what_is_asked_for(read):
    file = read("day: 2025-07-01\nnumber: 1.50\nmany: 2000\nyes: no\ncolour: green\nname: {vi: Sở, en: Dept}")
    section = file.section
    assert section.day("day") == date(2025, 7, 1)
    assert str(section.decimal("number")) == "1.50"
    assert section.optional_integer("many") == 2000
    assert section.boolean("yes", default=True) is False
    assert section.choice("colour", Colour) is Colour.GREEN
    assert section.name("name") == Name("Sở", "Dept")
    section.no_other_keys()
    assert section.sound
    assert file.said() == []


def test_missing_optional_values_are_none_and_null_is_missing(read):
    file = read("a:\nb: ~\nc: null")
    section = file.section
    assert [section.optional_text(key) for key in "abcd"] == [None] * 4
    assert section.items("a") == []
    assert section.choice("b", Colour, default=Colour.RED) is Colour.RED
    assert file.said() == []


def test_missing_required_values_are_named_and_reading_goes_on(read):
    file = read("x: 1\nname:\n")
    section = file.section
    section.text("id")
    section.name("name")
    assert not section.sound
    assert file.said() == [("plans/a.yaml:1:1", "missing-key"), ("plans/a.yaml:2:1", "missing-key")]
    assert "`id: …`" in file.problems.found[0].remedy


@pytest.mark.parametrize(
    ("value", "reader", "code"),
    [
        ("2025-02-30", "day", "no-such-day"),
        ("31/12/2025", "day", "not-a-date"),
        ("20251231", "day", "not-a-date"),
        ("[1]", "day", "not-a-date"),
        ("1,5", "decimal", "not-a-number"),
        ("nan", "decimal", "not-a-number"),
        ("1e5", "decimal", "not-a-number"),
        ("٣", "decimal", "not-a-number"),
        ("1.5", "optional_integer", "not-a-whole-number"),
        ("''", "text", "not-a-text"),
        ("{a: b}", "text", "not-a-text"),
        ("tên", "name", "not-a-mapping"),
        ("{vi: Tỉnh}", "name", "missing-key"),
        ("word", "items", "not-a-list"),
        ("word", "section", "not-a-mapping"),
        ("word", "sections", "not-a-list"),
        ("[word]", "sections", "not-a-mapping"),
    ],
)
def test_a_wrong_value_is_a_problem_at_its_place(read, value, reader, code):
    file = read(f"key: {value}")
    section = file.section
    getattr(section, reader)("key")
    assert [found for _, found in file.said()] == [code]
    assert str(file.problems.found[0].place).startswith("plans/a.yaml:1:")
    assert not section.sound


def test_a_wrong_word_is_named_with_the_one_meant(read):
    file = read("colour: gren\nwanted: maybe")
    file.section.choice("colour", Colour)
    file.section.boolean("wanted", default=False)
    assert file.said() == [("plans/a.yaml:1:9", "unknown-choice"), ("plans/a.yaml:2:9", "not-true-or-false")]
    assert "`green`" in file.problems.found[0].remedy


def test_an_unknown_key_is_named_with_the_one_meant(read):
    file = read("id: a\nplilar: x\n")
    section = file.section
    section.text("id")
    section.optional_text("pillar")
    section.no_other_keys()
    assert file.said() == [("plans/a.yaml:2:1", "unknown-key")]
    assert "`pillar`" in file.problems.found[0].remedy


def test_a_key_written_twice_is_refused(read):
    file = read("id: a\nid: b\n")
    assert file.section.sound is False
    assert file.said() == [("plans/a.yaml:2:1", "duplicate-key")]
    assert "line 1" in file.problems.found[0].why


def test_a_key_that_is_a_list_is_refused(read):
    file = read("[a, b]: c\n")
    assert file.section.keys() == []
    assert file.said() == [("plans/a.yaml:1:1", "key-not-a-text")]


def test_sources_by_key_and_written_out(read):
    known = {"S0": Source("Báo Bình Định", date(2022, 6, 30))}
    file = read("a: S0\nb: {document: KH 59, clause: 'II.1'}\nc: S9\n")
    section = file.section
    assert citation(section, known, "a") == known["S0"]
    assert citation(section, known, "b") == Source("KH 59", clause="II.1")
    assert citation(section, known, "c") is None
    assert citation(section, known, "d") is None
    assert file.said() == [("plans/a.yaml:3:4", "unknown-source")]


def test_a_document_and_its_clause_are_one_text_or_one_in_each_language(read):
    file = read(
        "a: {document: {vi: Nghị quyết 5, en: Resolution 5}, clause: {vi: mục 1, en: item 1}}\n"
        "b: {document: NQ}"
    )
    one, other = citation(file.section, {}, "a"), citation(file.section, {}, "b")
    assert (one.document, one.name) == ("Nghị quyết 5", Name("Nghị quyết 5", "Resolution 5"))
    assert one.place_in == Name("mục 1", "item 1")
    assert (other.name, other.place_in) == (Name("NQ", "NQ"), None)
    assert file.said() == []


def test_a_single_mapping_counts_as_a_list_of_one(read):
    assert [s.text("id") for s in read("id: a").top.sections()] == ["a"]
    assert [s.text("id") for s in read("- id: a\n- id: b").top.sections()] == ["a", "b"]


def test_texts_are_composed(read):
    assert read("a: Hòa").section.text("a") == "Hòa"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: [1, 2\nb: 3\n", ("plans/a.yaml:2:2", "broken-yaml")),
        (b"a:\n\tb: 3\n", ("plans/a.yaml:2:1", "tab")),
        (b"a: 1\nb: \xe1\n", ("plans/a.yaml:2", "not-utf-8")),
        ("a: Tỉnh".encode("utf-16"), ("plans/a.yaml:1", "not-utf-8")),
        (b"", ("plans/a.yaml", "empty-file")),
        (b"# only a comment\n", ("plans/a.yaml", "empty-file")),
        (b"a: 1\n---\nb: 2\n", ("plans/a.yaml:2:1", "two-documents")),
        (b"a: 1\nb: \x07\n", ("plans/a.yaml:2:4", "broken-yaml")),
        (b"[" * 20_000, ("plans/a.yaml", "too-deep")),
        (b"- " * 100_000 + b"x", ("plans/a.yaml", "too-deep")),
        (b"".join(b" " * n + b"a:\n" for n in range(3_000)), ("plans/a.yaml", "too-deep")),
        (b"a: *nowhere", ("plans/a.yaml:1:4", "broken-yaml")),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem_with_a_remedy(read, content, said):
    file = read(content)
    assert file.top is None
    assert file.said() == [said]
    assert file.problems.found[0].remedy


def test_a_byte_order_mark_does_no_harm(read):
    assert read(b"\xef\xbb\xbfid: a").section.text("id") == "a"


def test_a_missing_file_is_a_problem(tmp_path):
    problems = Problems()
    assert read_yaml(tmp_path / "kieng.yaml", problems, tmp_path) is None
    assert [(p.place, p.code) for p in problems] == [(Place("kieng.yaml"), "unreadable-file")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("value: count(x)", "plans/a.yaml:1:14"),
        ("value: 'count(x)'", "plans/a.yaml:1:15"),
        ("value: |\n  count(\n    x)", "plans/a.yaml:3:5"),
        ("value: >-\n  count\n  (x)", "plans/a.yaml:3:4"),
        ("value: count(\n  x)", "plans/a.yaml:2:3"),
    ],
)
def test_a_character_inside_a_value_has_its_own_place(read, text, place):
    value = read(text).section.get("value")
    assert str(value.place_at(value.scalar.index("x"))) == place


def test_numbers_are_exact(read):
    assert read("a: 0.1").section.decimal("a") + Decimal("0.2") == Decimal("0.3")


EXAMPLE = Path(kieng.examples.__file__).parent / "binh_dinh"


@pytest.mark.parametrize("file", sorted(EXAMPLE.rglob("*.yaml")), ids=lambda file: file.stem)
def test_the_loader_in_c_gives_the_same_values_in_the_same_places(file):
    text = file.read_text("utf-8")
    slow, quick = (list(nodes(yaml.compose(text, Loader=one))) for one in (yaml.SafeLoader, yaml.CSafeLoader))
    assert slow == quick


def nodes(node):
    """Every node with its text and the places that problems are told by."""
    start, end = node.start_mark, node.end_mark
    scalar = isinstance(node, yaml.ScalarNode)
    yield node.tag, start.index, start.line, start.column, *((node.value, end.index) if scalar else ())
    for each in () if scalar else node.value:
        for one in each if isinstance(each, tuple) else (each,):
            yield from nodes(one)


@pytest.mark.parametrize("text", ["1.000", "25.378", "+1.500", "-120.000"])
def test_a_point_before_three_digits_may_separate_thousands(tmp_path: Path, text: str) -> None:
    problems = Problems()
    (tmp_path / "a.yaml").write_text(f"value: {text}\n", "utf-8")
    top = read_yaml(tmp_path / "a.yaml", problems, tmp_path)
    assert top is not None
    section = top.section()
    assert section is not None
    assert section.decimal("value") == Decimal(text)
    assert section.sound, "a text that was taken before is read as it was"
    (problem,) = problems
    assert problem.code == "ambiguous-number"
    assert text.replace(".", "") in problem.remedy
    assert f"{text}0" in problem.remedy


@pytest.mark.parametrize("text", ["0.125", "1.0000", "1.00", "1000", "1234.567"])
def test_other_numbers_can_be_read_in_one_way(tmp_path: Path, text: str) -> None:
    problems = Problems()
    (tmp_path / "a.yaml").write_text(f"value: {text}\n", "utf-8")
    top = read_yaml(tmp_path / "a.yaml", problems, tmp_path)
    assert top is not None
    section = top.section()
    assert section is not None
    assert section.decimal("value") == Decimal(text)
    assert not problems

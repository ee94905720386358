from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kieng.plan.csv_text import read_csv
from kieng.problems import Problems


def read(folder, content, required=("a", "b"), optional=()):
    path = folder / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    problems = Problems()
    return read_csv(path, problems, folder, required, optional), problems


def found(problems):
    return [(problem.code, str(problem.place)) for problem in problems.sorted()]


def test_cells_with_their_places(tmp_path):
    rows, problems = read(tmp_path, 'a,b\r\n1,"x, ""y""\nz"\n\n 3 ,\n')
    assert list(problems) == []
    assert [(row.optional("a"), row.optional("b")) for row in rows] == [("1", 'x, "y"\nz'), ("3", None)]
    assert [str(row.place_of("b")) for row in rows] == ["t.csv:2:3", "t.csv:5:5"]


def test_text_is_nfc_and_a_bom_is_no_text(tmp_path):
    rows, problems = read(tmp_path, "\ufeffa,b\nHo\u0300a,x".encode())
    assert list(problems) == []
    assert rows[0].text("a") == "Hòa"


def test_the_last_cell_may_be_empty_at_the_end_of_the_file(tmp_path):
    rows, problems = read(tmp_path, "a,b\n1,")
    assert list(problems) == []
    assert rows[0].optional("b") is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [("empty-file", "t.csv")]),
        (b"\n\n", [("empty-file", "t.csv")]),
        (b"a,b\nx,\xff\n", [("not-utf-8", "t.csv:2")]),
        (b"a\n1\n", [("missing-column", "t.csv:1:1")]),
        (b"a,b,c\n1,2,3\n", [("unknown-column", "t.csv:1:5")]),
        (b"a,b,a\n1,2,3\n", [("duplicate-column", "t.csv:1:5")]),
        (b"a,b\n1\n1,2,3\n1,2\n", [("ragged-row", "t.csv:2"), ("ragged-row", "t.csv:3")]),
        (b'a,b\nx"y,2\n1,"2" 3\n4,5\n', [("broken-csv", "t.csv:2:1"), ("broken-csv", "t.csv:3:3")]),
        (b'a,b\n1,"never closed\n4,5\n', [("broken-csv", "t.csv:2:3")]),
    ],
)
def test_files_that_cannot_be_read_as_they_are(tmp_path, content, expected):
    assert found(read(tmp_path, content)[1]) == expected


def test_semicolons_are_recognised(tmp_path):
    _, problems = read(tmp_path, "a;b\n1;2\n")
    assert {problem.remedy for problem in problems if problem.code == "missing-column"} == {
        "Separate the columns by commas."
    }


def test_a_missing_file_is_a_problem(tmp_path):
    problems = Problems()
    assert read_csv(tmp_path / "none.csv", problems, tmp_path, ("a",)) == []
    assert found(problems) == [("unreadable-file", "none.csv")]


def test_any_other_column_is_let_in_when_asked(tmp_path):
    rows, problems = read(tmp_path, "a,b,c\n1,2,3\n", optional=None)
    assert list(problems) == []
    assert rows[0].text("c") == "3"


def test_typed_cells(tmp_path):
    rows, problems = read(tmp_path, "a,b\n2024-02-29,-1.50\n2023-02-29,1e3\n29/2/2024,\n")
    assert (rows[0].day("a"), rows[0].decimal("b"), rows[0].sound) == (
        date(2024, 2, 29),
        Decimal("-1.50"),
        True,
    )
    assert [(row.day("a"), row.decimal("b"), row.sound) for row in rows[1:]] == [(None, None, False)] * 2
    assert rows[2].text("b") == ""
    assert found(problems) == [
        ("no-such-day", "t.csv:3:1"),
        ("not-a-number", "t.csv:3:12"),
        ("not-a-date", "t.csv:4:1"),
        ("empty-cell", "t.csv:4:11"),
    ]


@given(st.lists(st.tuples(*[st.text(st.sampled_from('a ô,"\n\r;'), max_size=5)] * 2), max_size=5))
def test_whatever_is_quoted_comes_back(tmp_path_factory, pairs):
    quoted = ["k," + ",".join('"' + cell.replace('"', '""') + '"' for cell in pair) for pair in pairs]
    rows, problems = read(tmp_path_factory.getbasetemp(), "\n".join(["k,a,b", *quoted]), ("k", "a", "b"))
    assert list(problems) == []
    assert [(r.optional("a") or "", r.optional("b") or "") for r in rows] == [
        (a.strip(), b.strip()) for a, b in pairs
    ]

"""Every problem that Kiềng can name is said in Vietnamese too, and no sentence is left over."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

import kieng
from kieng.problem_words import in_vietnamese
from kieng.problems import Place, Problem
from kieng.records.fault_texts import TEXTS
from kieng.records.faults import RowFault, fault

SOURCE = Path(kieng.__file__).parent
ROW_LEVEL = {"fault", "Fault"}  # their sentences stand in both languages in records/fault_texts.py
ABOUT_PROBLEMS = {"why", "remedy", "problems"}  # parameters: an agency's official code is another thing
VIETNAMESE = set("ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ")

Scope = ast.FunctionDef | ast.Module
Takers = dict[str, list[tuple[int, int, int]]]  # function → (place of `code`, fewest, most arguments)


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}


def takers() -> Takers:
    """The functions that are given a problem's code, told by the name of their parameter."""
    found: Takers = {"Problem": [(1, 4, 6)], "Fault": [(0, 1, 3)], "Finding": [(0, 4, 4)]}
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [arg.arg for arg in node.args.args if arg.arg != "self"]
                details = node.args.kwarg is not None
                if "code" in names and (details or ABOUT_PROBLEMS & set(names)):
                    fewest = len(names) - len(node.args.defaults)
                    most = 99 if details else len(names)
                    found.setdefault(node.name, []).append((names.index("code"), fewest, most))
    return found


def calls(node: ast.AST, scope: Scope) -> Iterator[tuple[ast.Call, Scope]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, scope
        yield from calls(child, child if isinstance(child, ast.FunctionDef) else scope)


def texts(node: ast.expr) -> list[str]:
    """The texts that an expression can come to, where it is a text or a choice of texts."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return texts(one) + texts(other)
        case ast.Tuple(elts=[first, *_]):  # code, remedy = ("…", "…")
            return texts(first)
        case _:
            return []


def codes_of(node: ast.expr, scope: Scope, module: ast.Module) -> list[str]:
    """The codes that an argument can be: a text, or a name given one in the function or the module."""
    if not isinstance(node, ast.Name):
        return texts(node)
    found: list[str] = []
    for inner in (*ast.walk(scope), *module.body):
        if isinstance(inner, ast.Assign):
            target = inner.targets[0]
            first = target.elts[0] if isinstance(target, ast.Tuple) else target
            if isinstance(first, ast.Name) and first.id == node.id:
                found += texts(inner.value)
    return found


def passed_on(node: ast.expr, scope: Scope) -> bool:
    """The code came in as a parameter, or stands in a fault or finding made elsewhere."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("code", "kind")
    names = [arg.arg for arg in scope.args.args] if isinstance(scope, ast.FunctionDef) else []
    return isinstance(node, ast.Name) and node.id in names


@cache
def sightings() -> list[tuple[str, str, list[str]]]:
    """(where, function, codes) for each call that makes a problem or a fault."""
    known, found = takers(), []
    for path, tree in trees().items():
        for call, scope in calls(tree, tree):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            count = len(call.args) + len(call.keywords)
            for position, fewest, most in known.get(name, ()):
                if fewest <= count <= most and len(call.args) > position:
                    node = call.args[position]
                    codes = codes_of(node, scope, tree)
                    if codes or not passed_on(node, scope):
                        found.append((f"{path.relative_to(SOURCE)}:{call.lineno}", name, codes))
                    break
    return found


def codes(row_level: bool) -> set[str]:
    return {code for _, name, found in sightings() if (name in ROW_LEVEL) is row_level for code in found}


@cache
def words() -> dict[str, dict[str, str]]:
    return yaml.safe_load((SOURCE / "problems.vi.yaml").read_text(encoding="utf-8"))


def problem(code: str, value: str | None = "x") -> Problem:
    return Problem(Place("a.yaml", 1), code, "Why.", "Remedy.", value)


def test_the_code_of_every_problem_can_be_read_in_the_source():
    assert [where for where, name, found in sightings() if not found and name not in ROW_LEVEL] == []
    assert len(codes(row_level=False)) > 150  # the search finds what it is meant to find


def test_every_problem_has_a_vietnamese_sentence():
    assert codes(row_level=False) - words().keys() == set()


def test_every_fault_of_a_row_has_its_sentences():
    assert codes(row_level=True) - TEXTS.keys() == set()


def test_every_vietnamese_sentence_is_used():
    assert words().keys() - codes(row_level=False) == set()


def test_no_code_is_written_twice():
    lines = (SOURCE / "problems.vi.yaml").read_text(encoding="utf-8").splitlines()
    keys = [line.partition(":")[0] for line in lines if line[:1].isalpha()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("part", ["why", "remedy"])
def test_every_sentence_is_vietnamese_and_whole(part):
    for code, entry in words().items():
        sentence = entry[part]
        assert set(entry) == {"why", "remedy"}, code
        assert VIETNAMESE & set(sentence.lower()), code
        assert sentence.endswith((".", "…")), code
        assert sentence[0] == sentence[0].upper(), code


def test_the_value_is_filled_in_and_its_braces_are_left_alone():
    found = in_vietnamese(problem("unknown-mapping", "{odd} %"))
    assert found is not None
    assert "{odd} %" in found[0]


def test_every_sentence_can_be_filled_with_and_without_a_value():
    for code in words():
        for value in (None, "x"):
            found = in_vietnamese(problem(code, value))
            assert found is not None
            assert all("{value}" not in text and "None" not in text for text in found), code


def test_a_problem_of_another_program_has_no_vietnamese():
    assert in_vietnamese(problem("never-heard-of")) is None


def test_a_fault_of_a_row_keeps_its_own_exact_vietnamese():
    row = RowFault(3, fault("too-many-decimals", scale=6), 2, "SoTien", "1.1234567")

    found = in_vietnamese(row.problem("a.csv"))

    assert found == (
        "Cột «SoTien»: Số có hơn 6 chữ số thập phân.",
        "Làm tròn ở nguồn; ở đây không tự làm tròn.",
    )

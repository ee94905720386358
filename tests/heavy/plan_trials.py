"""One workspace's text with anything in it: problems are named, and nothing else happens."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import yaml
from tests.heavy.hostile import TEXTS, spoilt

from kieng.examples.generate.everything import WORKSPACE
from kieng.plan.load import read
from kieng.problem_words import in_vietnamese
from kieng.problems import Problem
from kieng.records.load_mappings import load_mappings
from kieng.workspace.folder import check

#: Every so many trials the whole text is there, and the worked examples are run.
WHOLE = 10
_KEPT = 0.15  # of the indicators in the other trials: reading them all is most of the work

WORDS = (
    "count", "count()", "count(where", "count(where x = 1)", "count() / count()", "count() / 0", "1 / 0",
    "sum(amount) / sum(amount)", "sum(sum(amount))", "count(where " + "a and " * 3_000 + "a)",
    "(" * 3_000 + "1" + ")" * 3_000, "count() + " * 2_000 + "count()", "- " * 3_000 + "1", "1; DROP TABLE x",
    "select 1", "/* a", "-- a", "'", '"', "case when 1 then 2 end", "count(where id in (select 1))",
    "latest(x)",
    "count(where id like '%')", "median(amount)", "percentile(amount, 2)", "share(amount)",
    "count(distinct id)",
    "month, by id", "month, by received_at", "year, by", "open until finished_at",
    "district until 2025-07-01",
    "9" * 5_000, "-" + "9" * 5_000, "0." + "9" * 5_000, "2025-02-30", "0001-01-01", "9999-12-31",
    "2024-01-01",
    "Mars/Olympus", "Asia/Ho_Chi_Minh", "../../../etc/passwd", "/etc/localtime", "ZZ", "VN", "a/b", ".", "..",
    "province", "commune", "case", "report", "percent", "true", "no", "~", "[a", "{a", "&a", "*a",
    "!!python/name:os",
    "government", "higher", "at_least", "id", "agency", "binh-dinh", "21550", "x" * 100_000, "\u2028", "a\nb",
)  # fmt: skip
_BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
_ADDED = (
    _BOMB, "a: &a [*a]\n", "a: &a {b: *a}\n", "? [a]\n: b\n", "? {a: b}\n: c\n", "<<: {id: x}\n",
    "---\na: b\n",
    "%YAML 9.9\n---\n", "\t\n", "a: !!binary x\n", "a: !foo x\n", "- a\n", "[" * 3_000, "{a: " * 3_000,
    "id: x\n",
    "x: " + "[" * 400 + "]" * 400 + "\n", "\ufeff", "...\n", "a: |\n  b\n c\n", "a: 'b\n", "name: {vi: a}\n",
)  # fmt: skip


def trial(number: int) -> None:
    """Raises when reading text ``number`` does anything but name problems."""
    whole = number % WHOLE == 0
    files = mutated_text(Random(number), whole)
    with TemporaryDirectory() as name:
        root = Path(name)
        for file, content in files.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_bytes(content)
        for problem in check(root) if whole else _read(root):
            assert len(str(problem)) < 20_000, len(str(problem))
            assert in_vietnamese(problem) is not None, problem.code


def mutated_text(chance: Random, whole: bool) -> dict[str, bytes]:
    """The workspace's files with one of them made wrong."""
    files = dict(text())
    path = _chosen(chance)
    if not whole:
        files = {name: b for name, b in files.items() if _stays(name, path, chance)}
    for _ in range(chance.choice((1, 1, 2, 4))):
        files[path] = _mutated(path, files[path], chance)
    return files


def _read(root: Path) -> list[Problem]:
    definitions, problems = read(root)
    if definitions is not None:
        load_mappings(root, definitions, problems)
    return problems.sorted()


@cache
def text() -> dict[str, bytes]:
    """The Bình Định workspace, by path."""
    found = (path for path in sorted(WORKSPACE.rglob("*")) if path.suffix in (".yaml", ".csv"))
    return {str(path.relative_to(WORKSPACE)): path.read_bytes() for path in found if "data" not in path.parts}


def _chosen(chance: Random) -> str:
    """Any folder is as likely as any other, so that kieng.yaml is not one file of a hundred."""
    folder = chance.choice(sorted({str(Path(path).parent) for path in text()}))
    return chance.choice([path for path in text() if str(Path(path).parent) == folder])


def _stays(name: str, mutated: str, chance: Random) -> bool:
    return name == mutated or not name.startswith("indicators/") or chance.random() < _KEPT


def _mutated(path: str, content: bytes, chance: Random) -> bytes:
    way = chance.randrange(5)
    if way == 0:
        return spoilt(content, chance)
    if path.endswith(".csv"):
        return _other_cells(content, chance)
    if way == 1:
        lines = content.decode("utf-8", "replace").splitlines(keepends=True)
        lines.insert(chance.choice((0, len(lines), chance.randrange(len(lines) + 1))), chance.choice(_ADDED))
        return "".join(lines).encode()
    return _other_tree(content, chance)


def _other_cells(content: bytes, chance: Random) -> bytes:
    try:
        rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig", "replace"))) if row]
    except csv.Error:
        return content  # broken before
    for _ in range(chance.choice((1, 1, 3)) if rows else 0):
        row, other = chance.choice(rows), chance.choice(rows)
        at = chance.randrange(len(row))
        way = chance.randrange(6)
        if way <= 2:
            row[at] = chance.choice((*TEXTS, *WORDS))
        elif way == 3:
            row[at] = other[min(at, len(other) - 1)]
        elif way == 4:
            rows.insert(chance.randrange(len(rows)), list(row))
        else:
            row[at : at + 1] = chance.choice(([], ["a", "b"]))
            rows = [each for each in rows if each]
    made = io.StringIO()
    csv.writer(made).writerows(rows)
    return made.getvalue().encode("utf-8", "surrogatepass")


def _other_tree(content: bytes, chance: Random) -> bytes:
    """The YAML document with one node dropped, doubled, swapped, replaced or nested."""
    try:
        top = yaml.compose(content.decode("utf-8", "replace"))
        if top is None:
            return content
        _change_node(top, chance)
        made: str = yaml.serialize(top, allow_unicode=True, width=10_000)
    except (yaml.YAMLError, RecursionError):
        return content  # broken before: bytes go on being spoilt
    return made.encode("utf-8", "replace")


def _change_node(top: yaml.Node, chance: Random) -> None:
    parents = [node for node in _nodes(top) if isinstance(node, yaml.CollectionNode) and node.value]
    if not parents:
        return
    parent = chance.choice(parents)
    at = chance.randrange(len(parent.value))
    way = chance.randrange(8)
    if way == 0:
        del parent.value[at]
    elif way == 1:
        parent.value.append(parent.value[at])
    elif isinstance(parent, yaml.SequenceNode):
        parent.value[at] = _other_node(parent.value[at], top, chance)
    elif way == 2:
        parent.value[at] = (_scalar(chance), parent.value[at][1])
    elif way == 3:
        other = chance.randrange(len(parent.value))
        (key, value), (second, swapped) = parent.value[at], parent.value[other]
        parent.value[at], parent.value[other] = (key, swapped), (second, value)
    else:
        key, value = parent.value[at]
        parent.value[at] = (key, _other_node(value, top, chance))


def _nodes(node: yaml.Node, depth: int = 0) -> Iterator[yaml.Node]:
    yield node
    if isinstance(node, yaml.CollectionNode) and depth < 12:
        for one in node.value:
            for child in one if isinstance(one, tuple) else (one,):
                yield from _nodes(child, depth + 1)


def _other_node(node: yaml.Node, top: yaml.Node, chance: Random) -> yaml.Node:
    way = chance.randrange(8)
    if way == 0:
        return yaml.SequenceNode("tag:yaml.org,2002:seq", [node, node])
    if way == 1:
        return yaml.SequenceNode("tag:yaml.org,2002:seq", [])
    if way == 2:
        return yaml.MappingNode("tag:yaml.org,2002:map", [(_scalar(chance), node)])
    if way == 3:
        return yaml.MappingNode("tag:yaml.org,2002:map", [])
    if way == 4:
        return chance.choice(list(_nodes(top)))  # an alias, perhaps of what it stands in
    return _scalar(chance)


def _scalar(chance: Random) -> yaml.ScalarNode:
    text_ = chance.choice((*WORDS, *WORDS, *TEXTS))
    style = chance.choice(("'", '"', "", "|"))
    return yaml.ScalarNode("tag:yaml.org,2002:str", text_, style=style or None)

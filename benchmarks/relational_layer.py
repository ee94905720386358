"""What puts the fused query together: sqlglot alone, or Ibis? Ten formulas, the same answers, the cost.

Run it in an environment of its own that has both, since Kiềng itself needs no Ibis:

    python -m venv /tmp/relational && /tmp/relational/bin/pip install 'ibis-framework[duckdb]' pyarrow
    PYTHONPATH=src /tmp/relational/bin/python benchmarks/relational_layer.py

Prints one line per layer: milliseconds to build and to write out the query (best of 20), milliseconds to
run it (best of 5), and whether both gave equal rows. docs/decisions/0003-sqlglot-alone.md has figures.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import duckdb
import ibis
from sqlglot import exp

from kieng.measurement.expression import RowCompiler
from kieng.measurement.sql import column, count_rows, named, where
from kieng.plan.formula.nodes import (
    Aggregate,
    AggregateKind,
    And,
    Compare,
    FieldRef,
    InList,
    IsNull,
    Literal,
    Not,
    Or,
    Row,
)
from kieng.plan.formula.parse import parse
from kieng.plan.record_type import Field, FieldType, RecordType
from kieng.problems import Place
from kieng.words import Name

FORMULAS = [
    "count(where channel = 'online') / count(*)",
    "count(where paid_online) / count(where fee_due > 0)",
    "count(where e_result and not needs_paper_result) / count(*)",
    "count(where channel = 'online' and service_level = 'full') / count(*)",
    "count(where reused) / count(where channel in ('online', 'post'))",
    "sum(fee_due where paid_online) / sum(fee_due)",
    "count(where finished_at is not null)",
    "count(where finished_at <= due_at) / count(where due_at is not null)",
    "count(where satisfied) / count(where satisfied is not null)",
    "sum(fee_due where channel = 'online' or channel = 'post')",
]
TYPES = {
    "agency": FieldType.AGENCY,
    "channel": FieldType.CODE,
    "service_level": FieldType.CODE,
    "received_at": FieldType.DATETIME,
    "due_at": FieldType.DATETIME,
    "finished_at": FieldType.DATETIME,
    "fee_due": FieldType.DECIMAL,
    **dict.fromkeys(
        ["paid_online", "e_result", "needs_paper_result", "reused", "satisfied"], FieldType.BOOLEAN
    ),
}
ROWS = 300_000
DATA = f"""
CREATE TABLE cases AS SELECT
  'a' || (i % 170) AS agency, ['direct', 'online', 'post'][i % 3 + 1] AS channel,
  ['full', 'partial', 'none'][i % 7 % 3 + 1] AS service_level,
  TIMESTAMP '2021-01-01' + INTERVAL (i * 977 % 157680000) SECOND AS received_at,
  received_at + INTERVAL 7 DAY AS due_at,
  CASE WHEN i % 11 > 0 THEN received_at + INTERVAL (i % 13) DAY END AS finished_at,
  (i % 5 * 1000.5)::DECIMAL(24, 6) AS fee_due, i % 4 = 0 AS paid_online, i % 5 = 0 AS e_result,
  i % 6 = 0 AS needs_paper_result, i % 7 = 0 AS reused,
  CASE WHEN i % 9 > 0 THEN i % 8 > 0 END AS satisfied
FROM range({ROWS}) AS t(i)
"""

Rows = list[tuple[Any, ...]]


def aggregates() -> list[Aggregate]:
    found = [a for text in FORMULAS for a in parse(text, Place("")).aggregates()]
    return list(dict.fromkeys(found))


def with_sqlglot() -> str:
    name = Name("", "")
    kind = RecordType("case", name, {n: Field(n, t, name) for n, t in TYPES.items()}, "id", "agency", "")
    compiler = RowCompiler(kind, {}, column("cut_off"))
    month = exp.TimestampTrunc(this=column("received_at", "record"), unit=exp.var("MONTH"))
    keys = [named(column("agency", "record"), "agency"), named(month, "month")]
    measured = [named(_sqlglot(a, compiler), f"m{n}") for n, a in enumerate(aggregates())]
    query = exp.select(*keys, *measured, copy=False).from_(exp.to_table("cases").as_("record"))
    return query.group_by(exp.Literal.number(1), exp.Literal.number(2)).sql("duckdb")


def _sqlglot(aggregate: Aggregate, compiler: RowCompiler) -> exp.Expr:
    condition = None if aggregate.where is None else compiler.condition(aggregate.where).copy()
    if aggregate.argument is None:
        return where(count_rows(), condition)
    return where(exp.Sum(this=compiler.typed(aggregate.argument).sql.copy()), condition)


def with_ibis(cases: Any) -> str:
    month = cases.received_at.truncate("M")
    measured = {f"m{n}": _ibis(a, cases) for n, a in enumerate(aggregates())}
    grouped = cases.group_by(agency=cases.agency, month=month).aggregate(**measured)
    return str(ibis.to_sql(grouped, dialect="duckdb"))


def _ibis(aggregate: Aggregate, cases: Any) -> Any:
    condition = None if aggregate.where is None else _ibis_row(aggregate.where, cases)
    if aggregate.kind is AggregateKind.COUNT or aggregate.argument is None:
        return cases.count(where=condition)
    return _ibis_row(aggregate.argument, cases).sum(where=condition)


def _ibis_row(node: Row, cases: Any) -> Any:
    match node:
        case FieldRef(name=name):
            return cases[name]
        case Literal(value=value):
            return ibis.literal(value)
        case Compare(op=op, left=left, right=right):
            compared = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}[op.value]
            return getattr(_ibis_row(left, cases), f"__{compared}__")(_ibis_row(right, cases))
        case And(parts=parts):
            return ibis.and_(*(_ibis_row(part, cases) for part in parts))
        case Or(parts=parts):
            return ibis.or_(*(_ibis_row(part, cases) for part in parts))
        case Not(part=part):
            return ~_ibis_row(part, cases)
        case IsNull(part=part):
            return _ibis_row(part, cases).isnull()
        case InList(part=part, values=values):
            return _ibis_row(part, cases).isin([literal.value for literal in values])
        case _:
            raise TypeError(node)


def best(times: int, work: Callable[[], object]) -> float:
    """Milliseconds of the quickest of several runs."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return min(found)


def main() -> None:
    connection = duckdb.connect()
    connection.execute(DATA)
    kinds = {
        FieldType.BOOLEAN: "boolean",
        FieldType.DATETIME: "timestamp",
        FieldType.DECIMAL: "decimal(24, 6)",
    }
    cases = ibis.table({n: kinds.get(t, "string") for n, t in TYPES.items()}, name="cases")
    answers: list[Rows] = []
    for name, build in {"sqlglot": with_sqlglot, "ibis": lambda: with_ibis(cases)}.items():
        sql = build()
        answers.append(sorted(connection.sql(sql).fetchall()))
        built, ran = best(20, build), best(5, lambda sql=sql: connection.sql(sql).fetchall())
        print(f"{name:8} build {built:6.1f} ms   run {ran:6.1f} ms   {len(aggregates())} aggregates")
    print("equal rows:", answers[0] == answers[1], len(answers[0]))


if __name__ == "__main__":
    main()

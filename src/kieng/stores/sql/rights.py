"""The least that two roles of a PostgreSQL server need: one serves the pages, one loads and measures.

Whatever a role may do with the tables is taken away first, so that what is granted here is all there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import errors, sql

from kieng.problems import refuse
from kieng.stores.sql.postgres import ADDED_TO, READ, REPLACED, shown, troubles

_CHANGE = "SELECT, INSERT, UPDATE, DELETE"


@dataclass(frozen=True)
class WebTables:
    """The tables of the pages, by what is done with them."""

    read: Sequence[str]
    added_to: Sequence[str]
    changed: Sequence[str]


def rights(url: str, web: WebTables, serving: str = "", loading: str = "", *, apply: bool) -> list[str]:
    """The statements that give the two roles (one of them may be "") their rights; with ``apply`` carried
    out, all or none, by the owner of the tables that ``url`` names. UserError when the server refuses."""
    with troubles(shown(url)), psycopg.connect(url) as connection:
        found = connection.execute("SELECT current_schema()").fetchone()
        schema = sql.Identifier(str(found[0]) if found else "public")
        statements = [
            *(_of(loading, schema, web, _loading()) if loading else ()),
            *(_of(serving, schema, web, _serving(web)) if serving else ()),
        ]
        for statement in statements if apply else ():
            try:
                connection.execute(statement)
            except errors.UndefinedObject as error:
                why, remedy = "The server has no such role.", "Make it first: CREATE ROLE … LOGIN."
                raise refuse(shown(url), "no-such-role", why, remedy, serving or loading) from error
        return [statement.as_string(connection) for statement in statements]


def _serving(web: WebTables) -> list[tuple[str, Sequence[str]]]:
    """The pages read the ledger and write what is their own; of the trail of deeds they change nothing."""
    return [
        ("SELECT", (*ADDED_TO, *REPLACED, *READ, *web.read)),
        ("SELECT, INSERT", web.added_to),
        (_CHANGE, web.changed),
    ]


def _loading() -> list[tuple[str, Sequence[str]]]:
    """Whoever loads adds to the ledger and brings figures up to date; people are none of its business."""
    return [("SELECT, INSERT", ADDED_TO), (_CHANGE, REPLACED), ("SELECT", READ)]


def _of(
    role: str, schema: sql.Identifier, web: WebTables, granted: Sequence[tuple[str, Sequence[str]]]
) -> Iterator[sql.Composed]:
    every = (*ADDED_TO, *REPLACED, *READ, *web.read, *web.added_to, *web.changed)
    name = sql.Identifier(role)
    yield sql.SQL("REVOKE ALL ON {} FROM {}").format(_names(every), name)
    yield sql.SQL("REVOKE CREATE ON SCHEMA {} FROM {}").format(schema, name)
    yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, name)
    for what, tables in granted:
        yield sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(what), _names(tables), name)


def _names(tables: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, tables))

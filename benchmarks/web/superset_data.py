"""The figures that Kiềng's pages show, as tables that Superset can read, and people who may see one agency.

Superset cannot judge a figure against a plan, so the standings and what waits come ready made from Kiềng,
and only for the agencies of the heads who log in: a gift to Superset, as small tables are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from kieng.web.__main__ import _environment
from kieng.workspace.folder import Workspace

_TABLES = """
CREATE TABLE figures (agency text, indicator text, name text, reading text, period date, grain text,
  value float, numerator float, denominator float, reporting int, expected int);
CREATE TABLE standings (agency text, place int, indicator text, name text, asks text, by date, standing text,
  value float, period text, short float);
CREATE TABLE waits (agency text, what text, waiting int);
"""
_INDEXES = """
CREATE INDEX ON figures (agency, indicator, reading, grain, period);
CREATE INDEX ON standings (agency, place);
CREATE INDEX ON waits (agency);
ANALYZE;
"""


def fill(url: str, workspace: Path, agencies: list[str]) -> int:
    """Make the tables anew in the database at ``url``; how many figures there are."""
    with psycopg.connect(url) as target, target.cursor() as cursor:
        for name in ("figures", "standings", "waits"):
            cursor.execute(f"DROP TABLE IF EXISTS {name}")  # noqa: S608 names above
        cursor.execute(_TABLES)
        count = _copy(cursor, "figures", _figures(Workspace(workspace)))
        boards, waits = _judged(agencies)
        _copy(cursor, "standings", iter(boards))
        _copy(cursor, "waits", iter(waits))
        cursor.execute(_INDEXES)
    return count


def _copy(cursor: psycopg.Cursor[Any], table: str, rows: Iterator[tuple[object, ...]]) -> int:
    count = 0
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _figures(workspace: Workspace) -> Iterator[tuple[object, ...]]:
    for indicator, definition in workspace.definitions.indicators.items():
        for one in workspace.stored.read(indicator=indicator):
            parts = (one.numerator, one.denominator, one.coverage.reporting, one.coverage.expected)
            when = (one.period.start, one.period.grain.value)
            yield one.agency, indicator, definition.name.vi, one.reading, *when, one.value, *parts


def _judged(agencies: list[str]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    from kieng.web import door
    from kieng.web.cockpit.reads import board_of
    from kieng.web.cockpit.waits import waits_of

    state, boards, waits = door.state(), [], []
    for agency in agencies:
        for place, row in enumerate(board_of(state, agency).rows):
            found = row.measurement
            seen = (found.value, str(found.period)) if found else (None, None)
            asks = (row.indicator.id, row.indicator.name.vi, row.asks.vi, row.target.by)
            standing = row.standing.words.vi
            boards.append((agency, place, *asks, standing, *seen, row.short))
        for kind in waits_of(state, agency).kinds:
            waits.append((agency, kind.title.vi, kind.count))
    return boards, waits


def open_pages(workspace: Path) -> None:
    """Make the pages' modules usable here, on this workspace."""
    _environment(workspace, True, "127.0.0.1")
    import django

    django.setup()


def make_heads(agencies: list[str]) -> None:
    """A head for each agency that has none yet, named as the agency is, with the demonstration's password."""
    from kieng.web.accounts import actions
    from kieng.web.accounts.demo import PASSWORD
    from kieng.web.accounts.models import Role, User

    for agency in agencies:
        if User.objects.filter(username=agency).exists():
            continue
        user = actions.create_person(
            username=agency, shown_as=agency, password=PASSWORD, by=None, why="benchmark"
        )
        User.objects.filter(pk=user.pk).update(must_change_password=False)
        since = date(2025, 7, 1)
        actions.give_post(
            user=user, role=Role.HEAD, agency=agency, valid_from=since, by=None, why="benchmark"
        )

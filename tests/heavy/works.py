"""Pieces of work on a ledger or workspace that a kill may cut off anywhere.

Each is called with a folder and ``acknowledge``, which it tells the key of every delivery once the ledger has
taken it. Called again on the same folder it sends everything again and ends in the same state.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

from tests.helpers.ledger import SITE, delivery, newest, open_ledger, site
from tests.helpers.postgres import database_for
from tests.helpers.workspace import FILES_HEADER, write_workspace

from kieng.records.batch import Delivery, Origin
from kieng.records.ledger import Ledger
from kieng.records.rewriting import Policy
from kieng.stores.sql.choose import SETTING
from kieng.workspace.folder import Workspace

Acknowledge = Callable[[str], None]
DELIVERIES = 18
#: Under so many rows a delivery goes to the tail; every third one is larger.
SMALL = 50
_SIZES = (10, 20, 80)
_RECORDED = ("_recorded_at", "_batch")


def deliveries() -> Iterator[Delivery]:
    """New records, and newer versions of some that came before."""
    for number in range(DELIVERIES):
        own = [_site(f"{number}-{place}", place, number) for place in range(_SIZES[number % 3])]
        older = [_site(f"{number - 3}-{place}", place, number) for place in range(5)] if number > 2 else []
        yield delivery(own + older, key=f"delivery-{number}")


def _site(name: str, place: int, antennas: int) -> dict[str, object]:
    return site(name, date(2024, 1 + place % 3, 1), antennas=antennas)


def load(folder: Path, acknowledge: Acknowledge) -> None:
    """Small deliveries into the tail, larger ones into files."""
    ledger = open_ledger(folder, small=SMALL)
    for one in deliveries():
        ledger.append(one)
        acknowledge(one.key)


def flush(folder: Path, acknowledge: Acknowledge) -> None:
    """The tail into files after every other delivery."""
    _load_and_tidy(folder, acknowledge, Policy(tail_rows=1, tail_chunks=1, files=10**6, share=1e9), every=2)


def compact(folder: Path, acknowledge: Acknowledge) -> None:
    """All pieces of a month into a current and an older one, again and again."""
    _load_and_tidy(folder, acknowledge, Policy.everything(), every=3)


def _load_and_tidy(folder: Path, acknowledge: Acknowledge, policy: Policy, every: int) -> None:
    ledger = open_ledger(folder, small=SMALL)
    for number, one in enumerate(deliveries(), start=1):
        ledger.append(one)
        acknowledge(one.key)
        if number % every == 0:
            ledger.tidy([SITE], policy)


def records_in(folder: Path) -> list[dict[str, Any]]:
    """The newest version of every record, without the moment and batch in which it came."""
    found = newest(open_ledger(folder, small=SMALL).records(SITE)).values()
    plain = ({k: v for k, v in row.items() if k not in _RECORDED} for row in found)
    return sorted(plain, key=lambda row: str(row["id"]))


def ledger_in(folder: Path) -> Ledger:
    return open_ledger(folder, small=SMALL)


# --- a workspace: intake, ledger and stored measurements --------------------------------------------


def measure(folder: Path, acknowledge: Acknowledge) -> None:
    """Files through a mapping, and the stored measurements brought up to date after each."""
    workspace = _workspace(folder)
    for number in range(6):
        path = folder / f"files-{number}.csv"
        path.write_text("\n".join([FILES_HEADER, *_lines(number)]) + "\n", encoding="utf-8")
        loaded = workspace.take("work_file", [path], "work-files", origin=Origin.SYNTHETIC, by="test")
        acknowledge(loaded.intake.key)
        workspace.measure()


def _workspace(folder: Path) -> Workspace:
    if not (folder / "kieng.yaml").exists():
        write_workspace(folder)
    workspace, url = Workspace(folder), database_for(folder)
    with mock.patch.dict(os.environ, {} if url is None else {SETTING: url}):
        workspace.database  # noqa: B018 opened while the setting holds
    return workspace


def _lines(number: int) -> Iterator[str]:
    for place in range(30):
        code, month = (21550, 21553, 23560)[place % 3], 1 + (place + number) % 12
        online = (place + number) % 2
        yield f"{number * 20 + place},{code},2024-01-02,2024-{month:02}-05,{online},0,"


def measurements_in(folder: Path) -> list[tuple[object, ...]]:
    """Every stored figure, without the moment of measuring; then the records that it rests on."""
    workspace = _workspace(folder)
    found = [
        (m.indicator, m.agency, str(m.period), m.reading, m.breakdown, m.status, m.value, m.parts, m.used)
        for m in workspace.stored.read(breakdowns=True)
    ]
    return sorted(found, key=repr)


def workspace_ledger_in(folder: Path) -> Ledger:
    return _workspace(folder).ledger

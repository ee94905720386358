"""Fixtures that all tests may use."""

from __future__ import annotations

import gc
import os

# A process of pytest-xdist states a width that rich would keep for good; tests state their own.
os.environ.pop("COLUMNS", None)

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.helpers import postgres
from tests.helpers.workspace import ok

from kieng.cli.main import SELDOM
from kieng.records.disk import alone

gc.set_threshold(*SELDOM)  # as the commands do

#: Few cases: the example is made once for the whole run.
CASES = 3_000


@dataclass(frozen=True)
class Demo:
    """The Bình Định example, and what the command that made it said."""

    root: Path
    stdout: str
    stderr: str


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who uses the example comes first. A process of pytest-xdist begins with its own part of the list: one
    makes the example while the others have tests that do without, instead of all waiting for it."""
    items.sort(key=lambda item: "demo" not in getattr(item, "fixturenames", ()))


@pytest.fixture(params=["sqlite", "postgres"])
def each_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test once on each database; ledgers opened by ``open_ledger`` lie there."""
    if request.param == "postgres":
        monkeypatch.setenv(postgres.SERVER, postgres.server())
    return str(request.param)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The example with few cases, made by the command, loaded and measured: by the first process of a run
    that asks for it; the others wait for it. It is only read."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    root, out, err = (folder / f"binh-dinh{end}" for end in ("", ".stdout", ".stderr"))
    with alone(folder / "binh-dinh.lock"):
        if not err.exists():
            told = ok(None, "demo", root, "--cases", CASES, "--no-serve")
            out.write_text(told.stdout, "utf-8")
            err.write_text(told.stderr, "utf-8")
    return Demo(root, out.read_text("utf-8"), err.read_text("utf-8"))

"""The little province, with its text alone and with records."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.helpers.reorganising import (
    CASES,
    REPORTS,
    TEXT,
)

from kieng.records.batch import Origin
from kieng.workspace.folder import Workspace


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    for name, text in TEXT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def loaded(root: Path, tmp_path: Path) -> Path:
    """The workspace with records in its ledger."""
    workspace = Workspace(root)
    for record_type, mapping, text in (("case", "cases", CASES), ("report", "reports", REPORTS)):
        path = tmp_path / f"{mapping}.csv"
        path.write_text(text, encoding="utf-8")
        taken = workspace.take(record_type, [path], mapping, origin=Origin.MEASURED, by="test")
        assert [str(problem) for problem in taken.problems] == []
    return root

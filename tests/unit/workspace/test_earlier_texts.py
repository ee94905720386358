"""What was in force earlier is read once, and its worked examples are tried once, on the plain engine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.helpers.workspace import write_workspace

from kieng.measurement import examples
from kieng.plan.load import text_of
from kieng.stores.reference.engine import ReferenceEngine
from kieng.workspace.figures import Asked, figures
from kieng.workspace.folder import Workspace, definitions_of


def test_the_same_text_is_the_same_object(tmp_path: Path) -> None:
    text = text_of(write_workspace(tmp_path))
    first = definitions_of(text)
    assert definitions_of(dict(reversed(text.items()))) is first
    name = next(path for path in text if path.startswith("indicators/"))
    other = definitions_of(text | {name: text[name] + b"\n# said anew\n"})
    assert other is not first
    assert other.fingerprint != first.fingerprint


def test_examples_are_tried_once_and_not_on_the_quick_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, tried = Workspace(write_workspace(tmp_path)), list[type]()
    monkeypatch.setattr(examples, "run_examples", lambda _, engine: tried.append(type(engine)) or [])
    indicator = next(iter(workspace.definitions.indicators))
    for day in (1, 2):
        figures(workspace, Asked(indicator, as_of=datetime(2026, 1, day, tzinfo=UTC)))
    assert tried == [ReferenceEngine]

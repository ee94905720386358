"""A clock that was set back: nothing is measured as of a moment before the last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.helpers.workspace import write_workspace

from kieng.problems import UserError
from kieng.workspace.folder import Workspace

NOW = datetime(2026, 3, 15, 5, tzinfo=UTC)


def test_measuring_before_the_last_measuring_is_refused_in_words(tmp_path):
    root = write_workspace(tmp_path / "w")
    first = Workspace(root, now=lambda: NOW).measure()
    back = Workspace(root, now=lambda: NOW - timedelta(days=2))
    with pytest.raises(UserError) as caught:
        back.measure()
    (problem,) = caught.value.problems
    assert problem.code == "clock-set-back"
    assert "12:00 13/03/2026" in problem.why
    assert problem.vietnamese is not None
    assert "12:00 15/03/2026" in problem.vietnamese[0]
    kept = back.stored.run()
    assert kept is not None
    assert kept.as_of == first.as_of


def test_clocks_that_differ_a_little_are_none_the_worse(tmp_path):
    root = write_workspace(tmp_path / "w")
    Workspace(root, now=lambda: NOW).measure()
    assert Workspace(root, now=lambda: NOW - timedelta(seconds=30)).measure().as_of == NOW

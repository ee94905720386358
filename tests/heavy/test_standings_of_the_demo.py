"""The table of verdicts that was made by hand, against the whole demo."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.web.test_standings import expected, rows_of, stands_as_told

from kieng.workspace.demo import deliveries, load_all, make_demo

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_demo(tmp_path_factory.mktemp("whole") / "demo")
    for _ in load_all(made, deliveries(made)):
        pass
    made.measure()
    return made.root


@pytest.mark.parametrize("target", expected())
def test_every_target_of_the_demo_stands_as_the_table_says(demo: Path, target: str) -> None:
    stands_as_told(rows_of(demo)[target], expected()[target])

"""Every rule of measurement, on every engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.helpers.cells import ENGINES
from tests.helpers.spec import Spec, columns_of, in_order, measured, shown, specs, world_of
from tests.helpers.tables import read_table

from kieng.measurement.request import Engine


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
@pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.name)
def test_spec(spec: Spec, engine: Engine, tmp_path: Path) -> None:
    world = world_of(spec, tmp_path)
    for answer in spec.answers:
        found = measured(spec, answer, world, engine)
        expected = sorted(read_table(answer["expect"]), key=in_order)
        assert shown(found, list(columns_of(answer)), world.indicators["indicator"]) == expected

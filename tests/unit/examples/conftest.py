"""The Bình Định example, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.helpers.text import load_or_refuse

from kieng.examples.generate.everything import WORKSPACE
from kieng.plan.definitions import Definitions


@pytest.fixture(scope="session")
def root() -> Path:
    return WORKSPACE


@pytest.fixture(scope="session")
def definitions() -> Definitions:
    return load_or_refuse(WORKSPACE)

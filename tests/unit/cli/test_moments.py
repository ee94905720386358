"""Moments and periods as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import pytest
from tests.helpers.workspace import TEXT

from kieng.cli.moments import MOMENT, PERIOD
from kieng.workspace.folder import definitions_of, moment_in


def moment(text: str) -> datetime:
    definitions = definitions_of({k: v.encode() for k, v in TEXT.items() if not k.startswith("mappings")})
    return moment_in(definitions, MOMENT.convert(text, None, None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-06-30", datetime(2024, 6, 30, 16, 59, 59, 999999, tzinfo=UTC)),  # the end of the local day
        ("2024-06-30T08:00", datetime(2024, 6, 30, 1, tzinfo=UTC)),
        ("2024-06-30T08:00:00.5+09:00", datetime(2024, 6, 29, 23, 0, 0, 500000, tzinfo=UTC)),
        (" 2024-06-30T01:00Z ", datetime(2024, 6, 30, 1, tzinfo=UTC)),
    ],
)
def test_a_moment(text: str, expected: datetime) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize("text", ["", "2024", "30/06/2024", "2024-06-31", "now"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(click.BadParameter, match="2024-06-30"):
        MOMENT.convert(text, None, None)


@pytest.mark.parametrize("text", ["2025", "2025-H2", "2025-Q3", "2025-07"])
def test_a_period(text: str) -> None:
    assert str(PERIOD.convert(text, None, None)) == text


@pytest.mark.parametrize("text", ["", "2025-13", "2025-Q5", "25", "tháng 7"])
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(click.BadParameter, match="2025-Q3"):
        PERIOD.convert(text, None, None)

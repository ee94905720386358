"""Two levels that report one figure, one above the other, are not added together unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.helpers.workspace import TEXT, write_workspace

from kieng.plan.load import read

ECONOMY = "indicators/economy.yaml"


@pytest.mark.parametrize(
    ("reporters", "more", "found"),
    [
        ("[province, commune]", "", ["province, commune"]),
        ("[province, department]", "", ["province, department"]),
        ("[province, department]", "within: tier", ["province, department"]),
        ("[department, commune]", "", []),
        ("[province, commune]", "within: tier", []),
        ("[province, commune]", "roll_up: none", []),
        ("[commune]", "", []),
    ],
)
def test_which_level_counts_has_to_be_said(
    tmp_path: Path, reporters: str, more: str, found: list[str]
) -> None:
    text = TEXT[ECONOMY].replace("roll_up: none", more).replace("[province]\nsource", f"{reporters}\nsource")
    _, problems = read(write_workspace(tmp_path, {ECONOMY: text}))
    assert [(p.code, p.value) for p in problems] == [("reporters-above-each-other", one) for one in found]


def test_files_are_each_agencys_own_and_add_up(tmp_path: Path) -> None:
    file = "indicators/secret-files.yaml"
    text = TEXT[file].replace("reporters: [commune]", "reporters: [province, commune]")
    assert not read(write_workspace(tmp_path, {file: text}))[1]

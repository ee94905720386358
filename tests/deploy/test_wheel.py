"""The wheel holds whatever the product reads, and nothing else of the repository."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

from tools.wheel import ROOT, build


def test_the_wheel_holds_every_file_of_the_product(tmp_path: Path) -> None:
    """Built of what is committed; tools/wheel.py builds twice and compares, tools/try_wheel.py tries it."""
    asked = ["git", "ls-tree", "-r", "--name-only", "HEAD", "src/"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    before = os.umask(0o077)  # as a careful person has it: the wheel is the same
    wheel = zipfile.ZipFile(build(tmp_path))
    os.umask(before)
    with wheel:
        held = {one for one in wheel.namelist() if ".dist-info/" not in one}
        modes = {one.external_attr >> 16 & 0o777 for one in wheel.infolist()}
        days = {one.date_time for one in wheel.infolist()}
    expected = {one.removeprefix("src/") for one in told if one}
    assert {one for one in expected - held if not one.endswith((".po", ".gitkeep"))} == set()
    assert held - expected == set()
    assert modes <= {0o644, 0o664}
    assert len(days) == 1

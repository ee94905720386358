"""A file of 1,000,000 rows with three bad ones loads 999,997 and names the three."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.helpers.workspace import FILES_HEADER, ok, run, write_workspace

ROWS = 1_000_000
BAD = {
    250_000: ("25X,21550,2024-02-31,2024-03-05,1,0,", ":3: no-such-day '2024-02-31'"),
    500_001: ("50X,99999,2024-03-01,2024-03-05,1,0,", ":2: unknown-agency '99999'"),
    999_999: ("99X,21553,2024-03-01,2024-03-05,maybe,0,", ":5: unknown-value 'maybe'"),
}
MOST_SECONDS = 40  # on two cores that others may use too


def write_million(path: Path) -> None:
    codes = ("21550", "21553", "23560")
    lines = [
        f"{n},{codes[n % 3]},2024-{n % 12 + 1:02}-{n % 28 + 1:02},2025-01-0{n % 9 + 1},{n % 2},0,"
        for n in range(1, ROWS + 1)
    ]
    for number, (line, _) in BAD.items():
        lines[number - 1] = line
    path.write_text("\n".join([FILES_HEADER, *lines]) + "\n", encoding="utf-8")


@pytest.mark.slow  # a million rows take their time, and the promise is about a million
def test_three_bad_rows_in_a_million(tmp_path: Path) -> None:
    root, path = write_workspace(tmp_path / "w"), tmp_path / "million.csv"
    write_million(path)
    command = ("load", "work_file", path, "--mapping", "work-files", "--refused", tmp_path / "refused")
    start = time.perf_counter()
    result = run(root, *command)
    took = time.perf_counter() - start
    assert result.exit_code == 2
    assert (
        "1000000 rows: accepted 999997 (superseding 0), unchanged 0, repeated 0, refused 3" in result.stderr
    )
    for number, (_, said) in BAD.items():
        assert f"million.csv:{number + 1}{said}" in result.stderr
    assert "3 problems." in result.stderr
    mended = (tmp_path / "refused/million.refused.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in mended[1:]] == [str(number + 1) for number in BAD]
    assert took < MOST_SECONDS, f"{took:.1f} s"
    assert "1 batches, the chain is whole." in ok(root, "verify").stderr

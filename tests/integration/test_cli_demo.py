"""``demo``: the Bình Định example from nothing to the plan's standing, in one command."""

from __future__ import annotations

from tests.conftest import Demo
from tests.helpers.workspace import ok, run, shown


def test_the_demo_ends_with_the_board(demo: Demo) -> None:
    root, result = demo.root, demo
    lines = result.stdout.splitlines()
    assert all(pillar in result.stdout for pillar in ("Chính quyền số", "Kinh tế số", "Xã hội số"))
    assert any("cáp quang" in line and "nq05" in line and "Gia Lai" in line for line in lines)
    assert any("đã công bố" in line for line in lines)
    assert any("TỔNG HỢP THỬ" in line and "Đạt" in line for line in lines)
    assert any("Đã khép lại" in line and "Cấp huyện" in line for line in lines)
    assert "SYNTHETIC figures are made up to show the system; they are not real." in lines
    assert "published records (with citation)" in result.stderr
    (explain,) = [line for line in lines if " explain " in line]
    why = ok(root, *explain.split()[explain.split().index("explain") :]).stdout
    assert "Nguồn gốc / Origin TỔNG HỢP THỬ" in why
    published = shown(root, "--agency", "binh-dinh", "--period", "2022")
    assert {origin for one in published for origin in one["origin"]} == {"published", "synthetic"}
    assert run(None, "demo", root / "plans", "--no-serve").exit_code == 2
    ok(root, "verify")

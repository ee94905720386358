"""Prints what wakes somebody, and what `kieng doctor` looks at, as docs/operating/alarms.md.

``python tools/alarm_page.py`` writes the page; a test fails when it is not up to date.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kieng.workspace.alarms import ALARMS
from kieng.workspace.doctor.checks import words

PAGE = Path(__file__).parents[1] / "docs" / "operating" / "alarms.md"
INTRODUCTION = """\
# Báo động và khám bản cài đặt · Alarms, and looking for what is wrong

<!-- Made from alarms.yaml and doctor/words.yaml by tools/alarm_page.py: run `make docs`. -->

## Báo động · Alarms
Tiến trình canh bên cạnh trang ghi mỗi báo động một dòng JSON (`"logger": "kieng.alarms"`) khi bắt đầu
(`state: begun`), mỗi giờ khi còn (`stands`) và khi hết (`ended`). `/suc-khoe/` và `/so-do/` nói cho ai có mã
ở `.kieng/watch-token`.

The process beside the pages logs each alarm as one line of JSON (`"logger": "kieng.alarms"`) when it begins
(`state: begun`), each hour while it stands (`stands`) and when it ends (`ended`). `/suc-khoe/` and `/so-do/`
tell whoever brings the token of `.kieng/watch-token`.

| `alarm` | | Nghĩa là · It says | Làm gì · What to do |
| --- | --- | --- | --- |
"""
CHECKS = """
## `kieng doctor`
Chỉ xem, không sửa. Mã thoát: 0 tốt, 1 có lưu ý, 2 có lỗi; `--json` cho máy đọc; `--environment
/etc/kieng/kieng.env` để thấy cài đặt như dịch vụ thấy. Chạy bằng người dùng của dịch vụ.

It looks and changes nothing. Exit code: 0 fine, 1 warnings, 2 faults; `--json` for programs; `--environment
/etc/kieng/kieng.env` to see the settings as the service does. Run it as the service's user.

| `result` | Tìm thấy · Found | Làm gì · What to do |
| --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    return INTRODUCTION + "".join(_alarms()) + CHECKS + "".join(_results())


def _alarms() -> Iterator[str]:
    for one in ALARMS:
        said, mend = one.said, one.mend
        yield _row(f"`{one.code}`", one.level.value, f"{said.vi}<br>{said.en}", f"{mend.vi}<br>{mend.en}")


def _results() -> Iterator[str]:
    for key, told in words()["results"].items():
        if "mend_vi" in told:
            said, mend = f"{told['vi']}<br>{told['en']}", f"{told['mend_vi']}<br>{told['mend_en']}"
            yield _row(f"`{key}`", said, mend)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

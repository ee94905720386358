"""Prints tests/spec as docs/reference/rules-of-measurement.md, in Vietnamese and English.

``python tools/spec_pages.py`` writes the page; a test fails when it is not up to date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
SPECS = ROOT / "tests" / "spec"
PAGE = ROOT / "docs" / "reference" / "rules-of-measurement.md"

CHAPTERS = {
    "1-records": "Bản ghi · Records",
    "2-numbers": "Con số · Numbers",
    "3-periods": "Kỳ số liệu · Periods",
    "4-agencies": "Cây đơn vị · The tree of agencies",
    "5-map": "Sắp xếp lại đơn vị · Reorganisations",
    "6-clocks": "Thời hạn · Time limits",
    "7-trust": "Độ tin cậy · How far a figure can be trusted",
}
INTRODUCTION = """\
# Quy tắc đo · Rules of measurement

<!-- Made from tests/spec by tools/spec_pages.py. Change a spec and run `make docs`. -->

Mỗi mục là một quy tắc: bảng nhỏ đưa vào, câu trả lời đưa ra. Chính các bảng này là phép thử, mọi bộ máy tính
đều phải trả lời đúng như ở đây. Dữ liệu là giả định.

Each section is one rule: little tables in, the answer out. These very tables are the tests, and every engine
must answer as they say. The data are made up.

Cột bắt đầu bằng `@` nói về việc ghi sổ: `@recorded` ghi lúc nào, `@batch` lần gửi thứ mấy, `@origin` nguồn
gốc, `@withdrawn` nguồn thu hồi, `@times` bao nhiêu bản ghi như thế. "Biết đến" là ngày người đọc đứng; bản đồ
là của từng kỳ trừ khi nêu ngày hay dòng kế thừa.

Columns that begin with `@` are about the ledger: when a version was recorded, in which batch, its origin,
whether the source took it back, and how many records like it there are. "As of" is the day the reader stands
on; the map is each period's own unless a day or a lineage is named.
"""


def page(folder: Path = SPECS) -> str:
    """The whole page, made from the spec files of ``folder``."""
    parts = [INTRODUCTION]
    for chapter, heading in CHAPTERS.items():
        parts.append(f"## {heading}\n")
        for path in sorted((folder / chapter).glob("*.yaml")):
            parts.append("\n".join(section(yaml.safe_load(path.read_text("utf-8")))))
    return "\n".join(parts)


def section(spec: Mapping[str, Any]) -> Iterator[str]:
    """The lines of one rule's section."""
    title, explain = spec["title"], spec["explain"]
    yield f"### {title['vi']} · {title['en']}\n\n{explain['vi']}\n\n{explain['en']}\n"
    yield f"```\n{spec['tree'].rstrip()}\n```\n"
    yield from (_event(event) for event in spec.get("reorganisations", ()))
    for key in ("record_type", "indicator", "not_applicable"):
        if key in spec:
            yield f"```yaml\n{_yaml({key: spec[key]})}```\n"
    yield f"Bản ghi · Records\n\n{table(spec['records'])}\n"
    for answer in spec["answers"]:
        yield f"{_standpoint(answer)}\n\n{table(answer['expect'])}\n"


def table(text: str) -> str:
    """A little table of a spec as Markdown."""
    header, *rows = ([cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip())
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, ["---"] * len(header), *rows))


def _event(event: Mapping[str, Any]) -> str:
    return f"Sắp xếp lại ngày {event['day']} · Reorganisation\n\n```\n{event['moves'].rstrip()}\n```\n"


def _standpoint(answer: Mapping[str, Any]) -> str:
    on_the_map = f", bản đồ · map **{answer['map']}**" if "map" in answer else ""
    note = f"\n\n{answer['note']['vi']} {answer['note']['en']}" if "note" in answer else ""
    return f"Biết đến · As of **{answer['as_of']}**{on_the_map}{note}"


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

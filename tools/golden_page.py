"""Prints tests/golden/sentences.yaml as docs/reference/sentences.md, in Vietnamese and English.

``python tools/golden_page.py`` writes the page; a test fails when it is not up to date.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "tests" / "golden" / "sentences.yaml"
PAGE = ROOT / "docs" / "reference" / "sentences.md"

Said = Mapping[str, str]
KINDS = {
    "standing": "Chỉ tiêu đang đứng ở đâu · Where a target stands",
    "comparison": "So sánh · Comparisons",
    "signal": "Tín hiệu và dao động · Signal and noise",
    "correction": "Đính chính, cập nhật · Corrections and updates",
    "to-do": "Việc phải làm · What is owed",
}
HEAD = "| Câu · Sentence | Đúng vì · Proof | Sai khi · Unless |"
INTRODUCTION = """\
# Câu mẫu · Golden sentences

<!-- Made from tests/golden/sentences.yaml by tools/golden_page.py. Change that file and run `make docs`. -->

Mỗi câu Kiềng viết về một cơ quan hay người đứng đầu là một khẳng định. Bảng này ghi câu, con số chứng minh nó
và một trường hợp mà câu ấy sẽ sai; phép thử chạy cả hai. Dữ liệu là giả định.

Every sentence about an agency or its head is a claim. Here is each with the figure that proves it and a case
in which it would be false; the tests try both. The data are made up.
"""


def book() -> Mapping[str, Mapping[str, Mapping[str, str | Said]]]:
    """By kind and name: ``vi``, ``en``, ``proof`` and ``unless``."""
    found: Mapping[str, Mapping[str, Mapping[str, str | Said]]] = yaml.safe_load(BOOK.read_text("utf-8"))
    return found


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for kind, told in book().items():
        parts.append(f"\n## {KINDS[kind]}\n\n{HEAD}\n| --- | --- | --- |\n")
        parts += [
            f"| {_both(one)} | {_both(one['proof'])} | {_both(one['unless'])} |\n" for one in told.values()
        ]
    return "".join(parts)


def _both(said: object) -> str:
    assert isinstance(said, Mapping)
    return f"{said['vi']}<br>{said['en']}".replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

"""Words that an official would not write do not come back to pages, commands and messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kieng

SOURCE = Path(kieng.__file__).parent
#: The word, and what is said in its place (see GLOSSARY.md).
FORBIDDEN = {
    r"\blô\b": "đợt nạp số liệu",
    r"\bdấu vết\b": "nguồn gốc số liệu",
    r"\bẩn số nhỏ\b|\bvì số (quá|đếm) nhỏ\b": "không công bố để không lộ số nhỏ",
    r"\bbản đồ (của (chính )?(kỳ|từng kỳ)|hôm nay)\b": "theo địa giới tại thời điểm đó, hiện nay",
    r"\bnhư (từng kỳ|khi đó)\b": "theo địa giới tại thời điểm đó",
    r"\bĐến hết trước\b": "đến trước ngày",
    r"\}\}%(?!\})": "a filter that says a percentage in the reader's language",
    r"độ tin cậy [HML]\b": "độ tin cậy cao, trung bình, thấp",
}
#: Read by people: templates, the words in code, Vietnamese messages, the notes of the example's targets.
_READ = ("*.html", "*.py", "*.vi.yaml")
_NOTE = re.compile(r"note: \"(.*?)\"")


def _texts() -> list[tuple[Path, str]]:
    files = [path for kind in _READ for path in sorted(SOURCE.rglob(kind)) if "examples" not in path.parts]
    found = [(path, path.read_text("utf-8")) for path in files]
    plans = sorted(SOURCE.glob("examples/*/plans/*.yaml"))
    return found + [(path, "\n".join(_NOTE.findall(path.read_text("utf-8")))) for path in plans]


@pytest.mark.parametrize("word", FORBIDDEN)
def test_nobody_reads_it(word: str) -> None:
    assert all(path.exists() for path, _ in _texts())
    found = [
        f"{path.relative_to(SOURCE)}: {text.count(chr(10), 0, one.start()) + 1}: {one.group()}"
        for path, text in _texts()
        for one in re.finditer(word, text, re.IGNORECASE)
    ]
    assert not found, f"say {FORBIDDEN[word]}:\n" + "\n".join(found)

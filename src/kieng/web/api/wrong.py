"""What the description of a parameter rules out, said in words of both languages."""

from __future__ import annotations

from typing import Any

from kieng.web.api.plan_shapes import DAY
from kieng.web.api.shapes import PERIOD
from kieng.web.opendata.problems import Refusal, bad
from kieng.words import Name

_PATTERNS = {
    DAY: Name("Viết ngày như 2025-07-01.", "Write a day such as 2025-07-01."),
    PERIOD: Name(
        "Viết kỳ như 2025, 2025-H2, 2025-Q3 hoặc 2025-07.", "Write 2025, 2025-H2, 2025-Q3 or 2025-07."
    ),
}
_MAP = Name("Viết as-was, today hoặc một ngày như 2025-07-01.", "Write as-was, today or a day: 2025-07-01.")
_SAYS = {
    "missing": Name("Câu hỏi này phải nêu tham số này.", "This question needs this parameter."),
    "int_parsing": Name("Viết một số nguyên.", "Write a whole number."),
    "bool_parsing": Name("Viết true hoặc false.", "Write true or false."),
    "greater_than_equal": Name("Nhỏ nhất là {ge}.", "The least is {ge}."),
    "less_than_equal": Name("Lớn nhất là {le}.", "The most is {le}."),
    "string_too_long": Name("Dài nhất {max_length} ký tự.", "At most {max_length} characters."),
    "literal_error": Name("Chỉ có: {expected}.", "There are: {expected}."),
}


def refusal_of(error: dict[str, Any]) -> Refusal:
    """From one of pydantic's errors; what it says itself only where there are no words of ours."""
    parameter, kind, context = str(error["loc"][-1]), str(error["type"]), error.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        told = _PATTERNS.get(str(context.get("pattern")), _MAP)
    else:
        told = _SAYS.get(kind) or Name(f"Không đúng dạng ({error['msg']}).", f"{error['msg']}.")
    listed = {name: str(value).replace(" or ", ", ").replace("'", "") for name, value in context.items()}
    vi, en = told.vi.format(**listed), told.en.format(**listed)
    return bad(parameter, f"«{parameter}»: {vi}", f"“{parameter}”: {en}")

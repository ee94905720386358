"""What is wrong with a question, as RFC 9457 ``application/problem+json``: in Vietnamese, with the same in
English beside it (``title_en``, ``detail_en``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse

from kieng.problem_words import in_vietnamese
from kieng.problems import Problem, UserError
from kieng.words import Name

PROBLEM_TYPE = "application/problem+json"
#: Where the kinds of problem are explained.
DOCUMENTED = "/du-lieu/#loi-"

TITLES = {
    "bad-parameter": Name("Tham số không đúng", "A parameter is wrong"),
    "unknown-parameter": Name("Không có tham số này", "There is no such parameter"),
    "not-found": Name("Không tìm thấy", "Not found"),
    "unknown-key": Name("Khoá API không đúng", "The API key is not valid"),
    "not-allowed": Name("Chỉ đọc được", "Reading only"),
    "outdated-cursor": Name("Số liệu đã đổi trong khi lật trang", "The data moved on while paging"),
    "too-many": Name("Hỏi quá nhiều", "Too many requests"),
    "busy": Name("Đang bận", "Busy"),
    "not-measured": Name("Chưa đo số liệu nào", "Nothing has been measured yet"),
    "failed": Name("Máy chủ gặp lỗi", "The server failed"),
}


@dataclass(eq=False)
class Refusal(Exception):
    """A question that cannot be answered. ``detail`` says what to mend; ``parameter`` names where."""

    status: int
    code: str
    detail: Name
    parameter: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.detail.en}"


def bad(parameter: str, vi: str, en: str, code: str = "bad-parameter") -> Refusal:
    """Status 400 for one parameter."""
    return Refusal(400, code, Name(vi, en), parameter)


def from_user_error(error: UserError, parameter: str = "") -> Refusal:
    """The same as the command line would say."""
    told = [_sentences(problem) for problem in error.problems]
    code = error.problems[0].code
    status = 503 if code == "not-measured" else 400
    kept = code if code in TITLES else "bad-parameter"
    detail = Name(" ".join(one.vi for one in told), " ".join(one.en for one in told))
    return Refusal(status, kept, detail, parameter)


def _sentences(problem: Problem) -> Name:
    english = f"{problem.why} {problem.remedy}"
    vietnamese = in_vietnamese(problem)
    return Name(" ".join(vietnamese) if vietnamese else english, english)


def response_of(refusal: Refusal, headers: Mapping[str, str] | None = None) -> HttpResponse:
    title = TITLES[refusal.code]
    told: dict[str, object] = {
        "type": DOCUMENTED + refusal.code,
        "title": title.vi,
        "status": refusal.status,
        "detail": refusal.detail.vi,
        "title_en": title.en,
        "detail_en": refusal.detail.en,
    }
    if refusal.parameter:
        told["parameter"] = refusal.parameter
    text = json.dumps(told, ensure_ascii=False)
    return HttpResponse(text, PROBLEM_TYPE, refusal.status, headers=dict(headers or {}))

"""Whoever asks for help reads Vietnamese first and English beside it."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from kieng.cli.main import kieng
from kieng.cli.screen import problem_text
from kieng.problems import Place, Problem

LETTERS = set("ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ")
UNKNOWN = Problem(
    Place("a.yaml", 3, 1), "unknown-key", "Nothing here has this key.", "Did you mean `name`?", "nam"
)
VIETNAMESE = "    Ở đây không có khóa «nam».\n    → Sửa tên khóa hoặc xóa dòng này."
ENGLISH = "    Nothing here has this key.\n    → Did you mean `name`?"


def texts() -> Iterator[tuple[str, str]]:
    for command in (kieng, *kieng.commands.values()):
        yield command.name or "", command.help or ""
        for option in command.params:
            if isinstance(option, click.Option):
                yield f"{command.name} {option.opts[-1]}", option.help or ""


@pytest.mark.parametrize(("name", "text"), list(texts()))
def test_every_command_and_option_is_explained_in_vietnamese_before_english(name: str, text: str) -> None:
    vietnamese = [place for place, letter in enumerate(text.lower()) if letter in LETTERS]
    assert vietnamese, name
    assert vietnamese[0] < 25, name
    assert "/" in text or "\n\n" in text, name


@pytest.mark.parametrize(
    ("language", "beneath"),
    [
        ("", f"{VIETNAMESE}\n{ENGLISH}"),
        ("vi", VIETNAMESE),
        ("en", ENGLISH),
        ("fr", f"{VIETNAMESE}\n{ENGLISH}"),
    ],
)
def test_a_problem_is_told_in_the_language_asked_for(
    monkeypatch: pytest.MonkeyPatch, language: str, beneath: str
) -> None:
    monkeypatch.setenv("KIENG_LANG", language)
    assert problem_text(UNKNOWN).plain == f"a.yaml:3:1: unknown-key 'nam'\n{beneath}"


def test_a_problem_without_vietnamese_is_told_in_english_whatever_was_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KIENG_LANG", "vi")
    unheard = Problem(Place("a.yaml"), "never-heard-of", "Why.", "Remedy.")
    assert problem_text(unheard).plain == "a.yaml: never-heard-of\n    Why.\n    → Remedy."


def test_a_problem_with_its_own_vietnamese_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIENG_LANG", "vi")
    own = Problem(Place("a.csv", 2), "not-a-date", "Why.", "Remedy.", "x", ("Vì sao.", "Cách sửa."))
    assert problem_text(own).plain == "a.csv:2: not-a-date 'x'\n    Vì sao.\n    → Cách sửa."

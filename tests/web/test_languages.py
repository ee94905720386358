"""Both languages are whole: no text of one is left on a page of the other; days are day/month/year."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from tests.web.gone_wrong import gone_wrong
from tests.web.test_access import SAMPLES, WARD, client_of, may, patterns

import kieng.web
from kieng.web import door
from kieng.web.accounts.forms import DayField
from kieng.web.accounts.models import User
from kieng.words import Name

WEB = Path(kieng.web.__file__).parent
#: Letters that only Vietnamese has.
_VIETNAMESE = re.compile(
    r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE
)
_SAY = re.compile(r"{%\s*say\s+(.*?)%}", re.DOTALL)
_TEXT = re.compile(r"""\s*("[^"]*"|'[^']*')\s*("[^"]*"|'[^']*')?""")


# --- what is written in the templates ------------------------------------------------------------

TEMPLATES = sorted(path for path in WEB.rglob("*") if path.parent.parent.name and "templates" in path.parts)
#: Stands in both languages by hand: it is shown when nothing else works.
_BY_HAND = {"failed.html", "out_of_reach.html"}
#: Written alike in every language.
_ALIKE = {
    "Kiềng",
    "API",
    "SVG",
    "CSV",
    "Excel",
    "Parquet",
    "Turtle",
    "curl",
    "Python",
    "JSON",
    "SDMX",
    "stat",
    "nbsp",
}


def said() -> Iterator[tuple[str, str, str]]:
    """Every text of a template: where, in Vietnamese, in English ("" when it is missing)."""
    for path in TEMPLATES:
        if path.is_file():
            for found in _SAY.finditer(path.read_text()):
                texts = _TEXT.match(found.group(1))
                vi, en = texts.groups(default='""') if texts else ('""', '""')
                yield f"{path.name}: {found.group()[:80]}", vi[1:-1], en[1:-1]


def test_every_text_of_a_template_stands_in_both_languages() -> None:
    told = list(said())
    assert len(told) > 400
    assert [where for where, vi, en in told if not vi.strip() or not en.strip()] == []


def test_both_languages_name_the_same_parts() -> None:
    other = [where for where, vi, en in said() if set(_parts(vi)) != set(_parts(en))]
    assert other == []


def _parts(text: str) -> list[str]:
    return re.findall(r"{(\w+)}", text)


def test_no_english_text_is_vietnamese() -> None:
    assert [en for _, vi, en in said() if _VIETNAMESE.search(_without(en, ("Kiềng", "“", "”")))] == []


def test_no_template_says_anything_in_one_language_alone() -> None:
    alone = {}
    for path in TEMPLATES:
        if path.suffix == ".html" and path.name not in _BY_HAND:
            text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", path.read_text(), flags=re.DOTALL)
            text = re.sub(r"<(pre|code|script)\b.*?</\1>|<[^>]*>|&\w+;", " ", text, flags=re.DOTALL)
            text = re.sub(r"Tiếng Việt|English", " ", text)  # the button that leads to the other language
            if words := set(re.findall(r"[^\W\d_]{2,}", text)) - _ALIKE:
                alone[path.name] = words
    assert alone == {}


# --- what is on the pages ------------------------------------------------------------------------


class Texts(HTMLParser):
    """Every text a reader meets, also in attributes; not what is code or marked as another language."""

    _SPOKEN = ("alt", "title", "aria-label", "placeholder")
    _VOID = frozenset({"meta", "link", "img", "input", "br", "hr", "source", "path", "circle"})

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.found, self._open = language, list[str](), list[tuple[str, bool]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        skip = tag in ("code", "pre", "script", "style") or told.get("lang", self.language) != self.language
        if tag not in self._VOID:
            self._open.append((tag, skip or self._skipped))
        if not skip and not self._skipped:
            self.found += [told[key] for key in self._SPOKEN if told.get(key)]

    @property
    def _skipped(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            if self._open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._skipped:
            self.found.append(" ".join(data.split()))


@cache
def own_words() -> tuple[str, ...]:
    """What the workspace itself calls things in English, and what it has in one language: names of
    documents and agencies, units, notes, citations. The longest first."""
    state = door.state()
    found: set[str] = set(_strings(state.definitions, set()))
    for batch in state.batches:
        found |= {one for one in (batch.source, batch.file, batch.citation, batch.by) if one}
    for column in ("note", "citation", "document"):
        if column in state.reported().column_names:
            found |= {one for one in state.reported()[column].to_pylist() if one}
    for agency in state.definitions.tree.agencies:  # the map writes a part of the name in each line
        found |= set(state.definitions.tree.name(agency, state.today).en.split())
    known = {one for one in found if _VIETNAMESE.search(one)}
    return tuple(sorted({" ".join(one.split()) for one in known}, key=len, reverse=True))


def _strings(thing: Any, seen: set[int]) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Name):
        yield thing.en
    elif id(thing) not in seen and not isinstance(thing, int | float | date | type):
        seen.add(id(thing))
        if isinstance(thing, dict):
            parts = [*thing.keys(), *thing.values()]
        elif isinstance(thing, list | tuple | set | frozenset):
            parts = list(thing)
        else:
            parts = list(getattr(thing, "__dict__", {}).values())
            parts += [getattr(thing, name, None) for name in getattr(thing, "__slots__", ())]
        for part in parts:
            yield from _strings(part, seen)


def _without(text: str, known: tuple[str, ...]) -> str:
    for one in known:
        text = text.replace(one, " ")
    return text


def clients_in(language: str) -> dict[str, Client]:
    """Clients of the roles that can open every page between them, the first that may before the others."""
    found = {}
    for role in ("stranger", "admin", "head"):
        User.objects.filter(username=role).update(username=f"{role} {User.objects.count()}")
        found[role] = client_of(role)
        found[role].cookies["kieng_language"] = language
    return found


def pages(language: str) -> Iterator[tuple[str, list[str]]]:
    """Every page as the first that may open it sees it, with its texts."""
    clients = clients_in(language)
    for name, takes in patterns():
        role = next((role for role in clients if role in may(name)), None)
        if role is None or "logout" in name:
            continue
        client = clients[role]
        address = reverse(name, kwargs={key: SAMPLES[key] for key in takes})
        answer = client.get(address, follow=True)
        if answer["Content-Type"].startswith("text/html") and answer.content:
            texts = Texts(language)
            texts.feed(answer.content.decode())
            yield address, texts.found
    client = clients["head"]
    for address in ("/toi/", f"/toi/co-quan/{WARD}/"):
        texts = Texts(language)
        texts.feed(client.get(address).content.decode())
        yield address, texts.found


#: A form that is sent empty says what is wrong, or does what it does: these do, to the one who sends them.
_DEEDS = ("account_logout", "accounts:end_sessions", "language", "openid_connect_login")


def sent_empty(language: str) -> Iterator[tuple[str, list[str]]]:
    """Every form as it comes back when it is sent with nothing in it, and every page of what went wrong."""
    clients = clients_in(language)
    for name, takes in patterns():
        role = next((role for role in clients if role in may(name)), None)
        if role is None or name in _DEEDS or name.startswith("api:"):
            continue
        address = reverse(name, kwargs={key: SAMPLES[key] for key in takes})
        answer = clients[role].post(address)
        if answer["Content-Type"].startswith("text/html") and answer.content:
            yield f"{address} ({answer.status_code})", texts_of(answer.content.decode(), language)


def texts_of(page: str, language: str) -> list[str]:
    texts = Texts(language)
    texts.feed(page)
    return texts.found


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[str], Iterator[Any]]:
    def found(language: str) -> Iterator[tuple[str, list[str]]]:
        yield from pages(language)
        yield from sent_empty(language)
        for name, (_, page) in gone_wrong(language, monkeypatch, settings).items():
            if name not in _BOTH_AT_ONCE:
                yield name, texts_of(page, language)

    return found


#: Says the same in both languages: which the reader chose may be what cannot be found out.
_BOTH_AT_ONCE = ("failed",)


@pytest.mark.django_db
def test_forms_that_are_sent_empty_say_so() -> None:
    told = [texts for address, texts in sent_empty("vi") if address.endswith("(200)")]
    assert sum("Trường này" in " ".join(texts) or "bắt buộc" in " ".join(texts) for texts in told) >= 4, told


@pytest.mark.django_db
def test_no_page_in_english_has_vietnamese_left(everything: Callable[[str], Iterator[Any]]) -> None:
    own = ("Kiềng", *own_words())
    left: dict[str, set[str]] = {}
    for address, texts in everything("en"):
        for text in texts:
            if _VIETNAMESE.search(text) and _VIETNAMESE.search(_without(text, own)):
                left.setdefault(address, set()).add(text[:150])
    assert left == {}, json.dumps({k: sorted(v) for k, v in left.items()}, ensure_ascii=False, indent=1)


#: Words that no Vietnamese sentence has.
_ENGLISH = re.compile(
    r"\b(the|of|and|with|from|this|which|are|was|that|has|is|not|be|you|your|must|please|enter|field|required)\b",
    re.IGNORECASE,
)


@pytest.mark.django_db
def test_no_page_in_vietnamese_has_english_left(everything: Callable[[str], Iterator[Any]]) -> None:
    ours = {en for _, vi, en in said() if vi != en and len(en) > 3 and not _parts(en)}
    left: dict[str, set[str]] = {}
    for address, texts in everything("vi"):
        for text in texts:
            if text in ours or _ENGLISH.search(text):
                left.setdefault(address, set()).add(text[:150])
    assert left == {}, json.dumps({k: sorted(v) for k, v in left.items()}, ensure_ascii=False, indent=1)


# --- days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("text", ["05/03/2026", "5/3/2026", "05-03-2026", "2026-03-05"])
def test_a_day_is_read_day_month_year(language: str, text: str) -> None:
    with translation.override(language):
        assert DayField().clean(text) == date(2026, 3, 5)


def test_what_a_public_page_is_asked_for_is_read_day_month_year() -> None:
    page = Client().get("/chi-so/work-files-online/", {"as_of": "05/11/2026"})
    assert page.status_code == 200
    assert page.context["asked"].as_of == date(2026, 11, 5)


def test_two_moments_are_compared_by_days_as_people_write_them() -> None:
    told = {"indicator": "work-files-online", "agency": WARD, "from": "05/03/2026", "to": "10/11/2026"}
    assert Client().get("/du-lieu/so-sanh/", told | {"from": "31/13/2026"}).status_code == 400
    page = Client().get("/du-lieu/so-sanh/", told)
    assert page.status_code == 200
    same = Client().get("/du-lieu/so-sanh/", told | {"from": "2026-03-05"})
    assert page.context["changes"] == same.context["changes"]


_DAY_VI, _DAY_OTHER = re.compile(r"\b\d{1,2}/\d{1,2}/\d{4}\b"), re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@pytest.mark.django_db
def test_days_are_written_day_month_year_in_vietnamese() -> None:
    found, other = 0, {}
    for address, texts in pages("vi"):
        for text in texts:
            found += len(_DAY_VI.findall(text))
            if _DAY_OTHER.search(text):
                other.setdefault(address, set()).add(text[:150])
    assert found > 100
    assert other == {}


VIETNAMESE = re.compile("Nghị|Quyết|Kế hoạch|Luật|Chỉ thị|Báo |chỉ biết|chỉ số|điểm|người|doanh nghiệp|trạm")


def test_units_documents_and_clauses_of_the_example_are_english_on_english_pages():
    definitions = door.state().definitions
    said = [one.unit_name.en for one in definitions.indicators.values()]
    sources = [one.source for one in definitions.indicators.values()]
    sources += [rule.source for one in definitions.indicators.values() for rule in one.rules]
    sources += [plan.document for plan in definitions.plans.values()]
    sources += [event.basis for event in definitions.reorganisations]
    sources += [target.source for plan in definitions.plans.values() for target in plan.targets]
    for one in filter(None, sources):
        said += [one.name.en, one.place_in.en if one.place_in else ""]
    assert [text for text in said if VIETNAMESE.search(text)] == []


def test_an_english_page_shows_the_english_unit_and_document():
    def shown(language: str) -> str:
        client = Client(headers={"cookie": f"kieng_language={language}"})
        return client.get("/chi-so/service-index-published/?agency=gia-lai").content.decode()

    assert "96 points" in shown("en")
    assert "Published figures; each record has its citation" in shown("en")
    assert "điểm" not in shown("en")
    assert "96 điểm" in shown("vi")

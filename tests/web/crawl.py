"""Every page that can be come to from the plan by links and by forms that only ask, with its figures.

Which are opened of the thousands: of each kind (who asks, which page, which parameters) so many, and one
of each indicator; chosen by a seed, so that each run opens the same.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

SEED = 20261124
#: Made anew from the records, some seconds each: two of each kind are opened.
_SLOW = re.compile(r"as_of|from|cockpit:trace")
_NO_PAGES = ("api:", "health", "cockpit:bundle", "opendata:mine", "opendata:problem")
_VOID = frozenset({"meta", "link", "img", "input", "br", "hr", "source"})
#: Leads out of the crawl: logging out, other languages (the crawl chooses its own).
_NOT_FOLLOWED = re.compile(r"^/(tai-khoan|ngon-ngu|static|nhat-ky)/")


@dataclass(frozen=True)
class Marked:
    """A figure as a page's markup names it, with the words it stands in; in a picture without its value."""

    indicator: str
    agency: str
    period: str
    reading: str
    breakdown: str
    as_of: str
    area: str
    value: str
    words: str


@dataclass
class Page:
    """What is on a page: its figures, the texts beside them (with the names of what they stand in), and
    where it leads."""

    language: str = ""
    marked: list[Marked] = field(default_factory=list)
    beside: list[tuple[str, str]] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)


@dataclass
class _Open:
    """An element that is not closed yet. ``marks`` are its figure's, None of one that is no figure."""

    tag: str
    named: str
    marks: dict[str, str] | None
    words: list[str] = field(default_factory=list)


class _Form:
    def __init__(self, action: str) -> None:
        self.action, self.usual = action, dict[str, str]()
        self.choices: dict[str, list[str]] = {}

    def leads(self) -> Iterator[str]:
        """The form as it stands, and with each choice in turn."""
        yield f"{self.action}?{urlencode(self.usual)}"
        for name, values in self.choices.items():
            for value in values:
                yield f"{self.action}?{urlencode({**self.usual, name: value})}"


class Reader(HTMLParser):
    """Reads a :class:`Page`; ``at`` is its address."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.page, self._at = Page(), at
        self._open: list[_Open] = []
        self._form: _Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        self._follow(tag, told)
        self.page.language = self.page.language or (told.get("lang", "") if tag == "html" else "")
        named = " ".join(filter(None, (tag, *(f".{one}" for one in told.get("class", "").split()))))
        for spoken in ("alt", "title", "aria-label"):
            if told.get(spoken):
                self._note(told[spoken], f"{self._where()} {named} [{spoken}]")
        if tag not in _VOID:
            marks = {k.removeprefix("data-"): v for k, v in told.items() if k == "value" or k[:5] == "data-"}
            self._open.append(_Open(tag, named, marks if "indicator" in marks else None))

    def _follow(self, tag: str, told: dict[str, str]) -> None:
        if tag == "a" and told.get("href"):
            self.page.leads.append(urljoin(self._at, told["href"]))
        elif tag == "form":
            asks = told.get("method", "get") == "get"
            self._form = (
                _Form(urljoin(self._at, told.get("action") or urlsplit(self._at).path)) if asks else None
            )
        elif self._form is not None:
            self._fill(self._form, tag, told)

    def _fill(self, form: _Form, tag: str, told: dict[str, str]) -> None:
        if tag == "select":
            self._select = told["name"]
        elif tag == "option" and self._select:
            value = told.get("value", "")
            form.choices.setdefault(self._select, []).append(value)
            if "selected" in told or self._select not in form.usual:
                form.usual[self._select] = value
        elif tag == "input" and told.get("name") and (told.get("value") or told.get("placeholder")):
            form.usual[told["name"]] = told.get("value") or told["placeholder"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self.page.leads += self._form.leads()
            self._form = None
        if tag == "select":
            self._select = ""
        while self._open:
            closed = self._open.pop()
            if closed.marks is not None:
                self._mark(closed.marks, " ".join(closed.words))
            if closed.tag == tag:
                return

    def _mark(self, marks: dict[str, str], words: str) -> None:
        names = ("indicator", "agency", "period", "reading", "breakdown", "as-of", "area", "value")
        self.page.marked.append(Marked(*(marks.get(name, "") for name in names), words))

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        marked = next((one for one in self._open if one.marks is not None), None)
        if words and marked is not None:
            marked.words.append(words)
        elif words:
            self._note(words, self._where())

    def _note(self, words: str, where: str) -> None:
        if not {"script", "style", "option"} & {one.tag for one in self._open}:
            self.page.beside.append((words, where))

    def _where(self) -> str:
        return " > ".join(one.named for one in self._open)


def read(at: str, text: str) -> Page:
    reader = Reader(at)
    reader.feed(text)
    reader.close()
    return reader.page


@dataclass
class Crawl:
    """Who asks, in which language, and how many pages of each kind are opened. ``own``: of pages whose name
    begins otherwise, which another crawl opens, only one of each without parameters. ``seen`` counts the
    addresses met and ``opened`` those opened, by the page's name and the parameters asked with."""

    who: str
    client: Client
    language: str
    start: str
    of_each: int | None
    own: str = ""
    seen: Counter[str] = field(default_factory=Counter)
    opened: Counter[str] = field(default_factory=Counter)

    def pages(self) -> Iterator[tuple[str, Page]]:
        self.client.cookies["kieng_language"] = self.language
        chance, waiting, met = random.Random(SEED), [self.start], {self.start}
        indicators: set[tuple[str, str]] = set()
        while waiting:
            at = waiting.pop(chance.randrange(len(waiting)))
            kind, indicator = _kind(at)
            if kind is None or not self._wanted(kind, (kind.split("?")[0], indicator), indicators):
                continue
            indicators.add((kind.split("?")[0], indicator))
            answer = self.client.get(at, follow=True)
            if not answer["Content-Type"].startswith("text/html"):
                continue
            assert answer.status_code == 200, f"{self.who}: {at} {answer.status_code}"
            self.opened[kind] += 1
            page = read(at, answer.content.decode())
            yield at, page
            new = [one for one in dict.fromkeys(map(_plain, page.leads)) if one and one not in met]
            met |= set(new)
            waiting += new
            self.seen.update(filter(None, (_kind(one)[0] for one in new)))

    def _wanted(self, kind: str, of: tuple[str, str], indicators: set[tuple[str, str]]) -> bool:
        if self.of_each is None:
            return True
        if not kind.startswith(self.own):
            return kind.endswith("?") and not self.opened[kind]
        if _SLOW.search(kind):
            return self.opened[kind] < 2
        return self.opened[kind] < self.of_each or (of[1] != "" and of not in indicators)


def _plain(address: str) -> str:
    """An address of the site without what only scrolls; "" for one that is not followed."""
    parts = urlsplit(address)
    if parts.netloc or not parts.path.startswith("/") or _NOT_FOLLOWED.match(parts.path):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _kind(address: str) -> tuple[str | None, str]:
    """The page's name with what it is asked, and the indicator it is about ("" for none). No name for what
    is no page."""
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return None, ""
    if found.view_name.startswith(_NO_PAGES) or "." in parts.path:
        return None, ""
    asked = dict(parse_qsl(parts.query))
    told = ",".join(sorted(f"map={value}" if name == "map" else name for name, value in asked.items()))
    return f"{found.view_name}?{told}", found.kwargs.get("indicator") or asked.get("indicator", "")

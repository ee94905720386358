"""Any figure on any page is the one ``kieng show`` gives for the same agency, period, reading and moment.

One crawl for each who asks, from their first page over every link and every form that only asks. What a
page says is held against the engine asked apart: another workspace object, none of the pages' caches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import click
import pytest
from django.test import Client
from tests.web.conftest import LogIn
from tests.web.crawl import Crawl, Marked, Page
from tests.web.test_access import WARD

from kieng.cli.moments import MOMENT
from kieng.judgement import phrases
from kieng.measurement.measurement import Measurement
from kieng.measurement.request import Reading
from kieng.plan.period import Period
from kieng.web.cockpit import traces
from kieng.workspace.by_area import area_figures
from kieng.workspace.figures import Asked, figures
from kieng.workspace.folder import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.django_db]  # hundreds of pages are made

#: Who asks, in which language, and their first page.
WHO = {
    "stranger": (None, "", "vi", "/"),
    "stranger, in English": (None, "", "en", "/"),
    "leader": ("leader", "", "en", "/toi/?agency=gia-lai"),
    "chair": ("head", WARD, "vi", "/toi/"),
}
#: So many figures at least stand on the pages that are opened: a crawl that leads nowhere shows nothing.
FEWEST = {"stranger": 1_500, "stranger, in English": 1_500, "leader": 2_500, "chair": 1_500}
_PERCENT = re.compile(r"\d\s?%")
#: Where a page may speak of percentages that are no agency's figure of their own, and why.
MAY_SPEAK = {
    r"\.(off-)?asks$|article \.target-card > p > b$|\.now > p$": "what a target asks for: the plan's number",
    r"\.why$|\.target-card > p$|\.target > td > span \.soft$": "the judgement on the marked figure beside it",
    r"> p > span \.soft$|\.off-notes$|\.coverage": "coverage: how many of the people the figure speaks of",
    r"svg [^>]*(> (desc|title))?( \[aria-label\])?$|\[alt\]$": "the text of a picture of figures in a table",
    r"figcaption$|\.finding( > strong)?$|section \.fair .*> (p|li)$": "what pictures and comparisons find",
    r"td \.number \.(expected|limits|part)$|td \.gap-share$": "the way to a target, limits, parts",
    r"\.waits > li > details > ul > li > span \.period$": "a report that waits to be confirmed",
    r"\.map-legend > li$": "the steps of the map's shades",
    r"\.changes > li( > .*)?$": "what was said of a figure at an earlier moment",
    r"dl \.facts > dd$|\.target-card > p \.soft( > span)?$|> section > p$": "words of the plan, its sources",
}
_SPOKEN = re.compile("|".join(MAY_SPEAK))

Key = tuple[str, str, str, str]


@dataclass
class Engine:
    """What ``kieng show`` tells, asked anew."""

    workspace: Workspace
    _told: dict[object, dict[Key, Measurement]] = field(default_factory=dict)

    def check(self, at: str, page: Page) -> Iterable[str]:
        """What is wrong with the figures of a page."""
        groups: dict[tuple[str, str], list[Marked]] = {}
        of_agencies = [one for one in page.marked if not one.area]
        for one in of_agencies:
            groups.setdefault((one.indicator, one.reading), []).append(one)
        long = {of: len({m.period for m in g}) > len({m.agency for m in g}) for of, g in groups.items()}
        yield from self._check_areas(at, [one for one in page.marked if one.area])
        for one in of_agencies:
            by_agency = one.agency if long[one.indicator, one.reading] else None
            found = self._asked(one, by_agency).get(_key(one))
            if found is None or found.value is None:
                yield f"{at}: no such figure: {one}"
            elif one.value and found.value != Decimal(one.value):
                yield f"{at}: {found.value}, not {one}"
            elif (said := self._said(found, page.language)) not in one.words:
                yield f"{at}: “{said}”, not {one}"

    def _check_areas(self, at: str, marked: Iterable[Marked]) -> Iterable[str]:
        """What is wrong with figures of area types: ``rural``, or ``!coastal`` for all that are not."""
        for one in marked:
            period, reading = Period.parse(one.period), Reading.of(one.reading)
            run = self.workspace.stored.run()
            assert run is not None
            stored = self.workspace.stored.read(one.indicator, None, period, one.reading)
            definitions = self.workspace.definitions_as_of(run.as_of)
            known = (definitions, one.indicator, one.agency, period, reading, stored, run.as_of)
            rows = {row.area.id: row for row in area_figures(*known).rows}
            row = rows.get(one.area.removeprefix("!"))
            side = None if row is None else row.other if one.area.startswith("!") else row.mine
            if side is None or side.value != Decimal(one.value):
                yield f"{at}: no such figure by area: {one}"

    def _said(self, found: Measurement, language: str) -> str:
        indicator = self.workspace.definitions.indicators[found.indicator]
        return phrases.figure(found.value or Decimal(0), indicator).in_language(language)

    def _asked(self, one: Marked, agency: str | None) -> dict[Key, Measurement]:
        run = self.workspace.stored.run()
        assert run is not None
        map_ = "today" if one.reading == str(run.map_day) else one.reading
        period = None if agency else Period.parse(one.period)
        asked = Asked(one.indicator, agency, period, map_, _moment(one.as_of), breakdowns=True)
        if asked not in self._told:
            listed = figures(self.workspace, asked).listed
            self._told[asked] = {_key_of(each): each for each in listed}
        return self._told[asked]


def _moment(text: str) -> datetime | None:
    return MOMENT.convert(text, None, click.Context(click.Command("show"))) if text else None


def _key(one: Marked) -> Key:
    return one.agency, one.period, one.reading, one.breakdown


def _key_of(one: Measurement) -> Key:
    field_, value = one.breakdown or ("", "")
    return one.agency, str(one.period), one.reading, f"{field_}={value or ''}" if one.breakdown else ""


def unmarked(page: Page) -> Iterable[tuple[str, str]]:
    """Percentages in the open that say of nothing what they are, with where they stand."""
    for words, where in page.beside:
        if _PERCENT.search(words) and not _SPOKEN.search(where):
            yield words, where


def crawl_of(who: str, log_in: LogIn, of_each: int | None) -> Crawl:
    role, agency, language, start = WHO[who]
    client = log_in(role, agency) if role else Client()
    return Crawl(who, client, language, start, of_each, "cockpit:" if role else "")


@pytest.mark.parametrize("who", ["stranger", "leader"])
def test_every_figure_is_that_of_kieng_show(
    who: str, log_in: LogIn, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "trail", lambda *asked: None)  # seconds each; tests of the trace look at it
    pages = 2 if who == "leader" else 1  # whose sample would else miss the pages with the most figures
    look_everywhere(crawl_of(who, log_in, pages), Engine(Workspace(example)), FEWEST[who])


@pytest.mark.heavy
@pytest.mark.parametrize("who", WHO)
def test_every_figure_of_many_more_pages(who: str, log_in: LogIn, example: Path) -> None:
    look_everywhere(crawl_of(who, log_in, 40), Engine(Workspace(example)), FEWEST[who])


def look_everywhere(crawl: Crawl, engine: Engine, fewest: int) -> None:
    wrong, bare, count = list[str](), dict[str, str](), 0
    for at, page in crawl.pages():
        count += len(page.marked)
        wrong += engine.check(at, page)
        bare |= {where: f"{at}: {words}" for words, where in unmarked(page)}
    assert wrong == [], "\n".join(wrong)
    assert bare == {}, "\n".join(f"{where} | {words}" for where, words in bare.items())
    assert count > fewest, f"{count} figures on {sum(crawl.opened.values())} pages"

"""No address makes a page break, whatever stands in it: every page, every parameter that some page reads."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.conftest import LogIn
from tests.web.test_access import SAMPLES, may, patterns

import kieng.web
from kieng.web import limits

pytestmark = pytest.mark.django_db

_READS = re.compile(r'(?:GET\.get|day_of)\((?:request, )?"(\w+)"')
#: Read by a name that the code puts together.
_MORE = {"as_of", "day", "from", "to", "for", "breakdowns", "kind", "about", "grain", "pillar", "standing"}
SOURCES = Path(kieng.web.__file__).parent.rglob("*.py")
PARAMETERS = sorted(_MORE.union(*(_READS.findall(path.read_text("utf-8")) for path in SOURCES)))
#: A stranger's Excel, a slip of the finger, a search engine and somebody who tries doors.
ODD = (
    *("", " ", "0", "-1", "x", "ha-noi", "1e9", "9" * 30, "٣", "\x00", "\ud83d", "../../etc/passwd"),
    *("' OR 1=1 --", "<script>", "%s%n", "gia-lai\n", "Quy Nhơn", "a" * 3_000),
    *("0000", "0001", "9999", "9999-12", "9999-Q4", "9999-H2", "2026-13", "2026-Q5", "1799", "2201-01"),
    *("1/1/1", "1/1/99999999999999999999", "31/2/2026", "0001-01-01", "9999-12-31", "2026-02-30", "today"),
)
WHO = {"stranger": "", "leader": "leader", "admin": "admin"}


def odd_questions() -> Iterator[dict[str, str]]:
    """Of all pairs of a parameter and a value, the next so many by chance, the same in every run."""
    chance = random.Random(20261130)
    while True:
        pairs = list(itertools.product(PARAMETERS, ODD))
        chance.shuffle(pairs)
        yield from ({name: value} for name, value in pairs)


def broken_pages(who: str, log_in: LogIn, of_each: int) -> list[str]:
    client = log_in(WHO[who]) if WHO[who] else Client()
    client.raise_request_exception = False
    questions, broken = odd_questions(), []
    for name, takes in patterns():
        if who not in may(name) or (who != "stranger" and "stranger" in may(name)):
            continue
        address = reverse(name, kwargs={key: SAMPLES[key] for key in takes})
        for asked in itertools.islice(questions, of_each):
            limits.buckets().forget()
            status = client.get(f"{address}?{urlencode(asked, errors='surrogatepass')}").status_code
            if status >= 500 and status != 503:
                broken.append(f"{status} {address} {asked}")
    return broken


@pytest.mark.parametrize("who", WHO)
def test_no_page_breaks(who: str, log_in: LogIn) -> None:
    assert broken_pages(who, log_in, 4) == []


@pytest.mark.heavy
@pytest.mark.parametrize("who", WHO)
def test_no_page_breaks_whatever_it_is_asked(who: str, log_in: LogIn) -> None:
    assert broken_pages(who, log_in, len(PARAMETERS) * len(ODD)) == []


@pytest.mark.parametrize("value", ["0001", "9999", "9999-12", "9999-Q4", "9999-H2", "1799-01", "0000"])
def test_a_period_of_no_plan_is_no_period(value: str) -> None:
    """The first years of a calendar have no year before, the last ones no day after."""
    for address in ("/chi-so/cases-online/", "/ban-do/", "/chi-so/cases-online/hinh/"):
        assert Client().get(address, {"period": value}).status_code in (400, 404), address


def test_the_parameters_are_those_that_pages_read() -> None:
    assert {"agency", "period", "map", "q", "page", "as_of", "level"} <= set(PARAMETERS)

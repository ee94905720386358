"""Every example of the documentation's page runs as it stands there, and prints the figures there are."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys

import pytest
from django.test import Client

from kieng.web import door, limits
from kieng.web.opendata.published import Question, published

_EXAMPLE = re.compile(r"<h3>(\w+)</h3>\s*(?:<p>[^<]*</p>\s*)?<pre[^>]*><code>(.*?)</code></pre>", re.S)
_RUN = {"curl": ("bash", "-c"), "Python": (sys.executable, "-c"), "R": ("Rscript", "-e")}


def examples(language: str, site: str) -> dict[str, str]:
    """Each example of the page, as a reader copies it, for the server of the test."""
    client = Client()
    client.cookies["kieng_language"] = language
    page = client.get("/du-lieu/").content.decode()
    found = {name: html.unescape(code) for name, code in _EXAMPLE.findall(page)}
    assert all("http://testserver/" in code for code in found.values())
    return {name: code.replace("http://testserver", site) for name, code in found.items()}


def run(name: str, code: str) -> str:
    if shutil.which(_RUN[name][0]) is None:
        pytest.skip(f"{_RUN[name][0]} is not installed")
    limits.buckets().forget()
    told = subprocess.run((*_RUN[name], code), capture_output=True, text=True, timeout=120, check=False)
    assert told.returncode == 0, told.stderr
    return told.stdout


def figures() -> dict[tuple[str, str], float | None]:
    """What is to be seen: the provinces' figures of the indicator in the examples."""
    found = [
        (one.measurement, one.hidden)
        for one in published(door.state(), Question("cases-online", level="province")).figures
    ]
    return {
        (one.agency, str(one.period)): None if hidden or one.value is None else float(one.value)
        for one, hidden in found
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", ["curl", "Python", "R"])
def test_an_example_prints_what_it_promises(live_server, language, name):
    told = run(name, examples(language, live_server.url)[name])
    known = figures()
    assert len(known) > 12
    if name == "curl":
        items = json.loads(told)["items"]
        assert len(items) == 12
        for one in items:
            assert known[one["agency"], one["period"]] == one["value"]
    elif name == "Python":
        lines = [line.split(" ", 3) for line in told.splitlines()]
        printed = {(a, period): None if value == "None" else float(value) for a, period, value, _ in lines}
        assert printed == known
        assert all(re.fullmatch(r"\[('\w+'(, )?)*\]", origin) for *_, origin in lines)
    else:
        assert all(period in told for _, period in known)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.django_db
def test_the_page_has_all_examples(language):
    found = examples(language, "")
    assert set(found) == {"curl", "Python", "R", "Excel"}

"""What is told to those who watch: added up over all workers, in Prometheus' form, and nothing of anybody."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from contextlib import closing

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve
from tests.web.conftest import served
from tests.web.test_access import SAMPLES, addresses

from kieng.web.counting import BOUNDS, NAME, NO_PAGE, Counted, add, totals
from kieng.web.watched import REFUSALS
from kieng.workspace.alarms import ALARMS

TOKEN = "t" * 60
ODD = [
    f'{{"requests": {{"a 200": {n}}}, "took": {{"a": {took}}}, "refused": {{}}, "workers": {{"1": {one}}}}}'
    for n, took, one in (("NaN", "[]", "[]"), ("1e999", "[]", "[]"), (1, [1, 2], "[]"), (1, "{}", "[0]"))
] + ['{"requests": {}, "took": {"a": [' + "NaN, " * 11 + '1]}, "refused": {}, "workers": {}}']
_NAME, _LABEL = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r"[a-zA-Z_][a-zA-Z0-9_]*"
_SAMPLE = re.compile(rf"({_NAME})(?:\{{(.*)\}})? (NaN|[+-]Inf|-?[0-9.e+-]+)")
_PAIR = re.compile(rf'({_LABEL})="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
_ENDS = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}

Told = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def parsed(text: str) -> Told:
    """The samples of a text in Prometheus' format, read as strictly as it is described."""
    found: Told = {}
    kinds: dict[str, str] = {}
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# "):
            what, name, said = line[2:].split(" ", 2)
            assert what in ("HELP", "TYPE"), line
            assert re.fullmatch(_NAME, name), line
            if what == "TYPE":
                assert said in _ENDS, line
                assert name not in kinds, line
                kinds[name] = said
            continue
        match = _SAMPLE.fullmatch(line)
        assert match, line
        name, labels, value = match.groups()
        pairs = tuple(_PAIR.findall(labels or ""))
        assert "".join(f'{n}="{v}",' for n, v in pairs) == (f"{labels}," if labels else ""), line
        family, kind = list(kinds.items())[-1]  # samples stand beneath their family
        assert name.removeprefix(family) in _ENDS[kind], line
        key = (name, pairs)
        assert key not in found, line
        found[key] = float(value)
    return found


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(settings, "WATCH_TOKEN", TOKEN)
    return TOKEN


def asked(path: str, token: str | None) -> object:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return Client().get(path, headers=headers)


@pytest.mark.django_db
def test_it_is_told_with_the_token_and_to_nobody_without(token, monkeypatch):
    assert asked("/so-do/", token).status_code == 200
    for wrong in (None, "", "t", token + "t", "é" * 60):
        assert asked("/so-do/", wrong).status_code == 302, wrong
        assert "alarms" not in asked("/suc-khoe/", wrong).json()
    assert isinstance(asked("/suc-khoe/", token).json()["alarms"], list)
    monkeypatch.setattr(settings, "WATCH_TOKEN", "")
    assert asked("/so-do/", "").status_code == 302
    assert Client().post("/so-do/", headers={"Authorization": f"Bearer {token}"}).status_code != 200


@pytest.mark.django_db
def test_everything_promised_is_there_and_prometheus_can_read_it(token, tmp_path, example):
    counted = Counted()
    counted.add('public:"home"\\', 200, 0.3)
    counted.refused["turn"] += 2
    (tmp_path / ".kieng").mkdir()
    (tmp_path / ".kieng" / "operations").write_text(
        '{"backup": {"began": 1, "ended": 2, "fine": true, "fine_at": 2.5, "seconds": 1.25}}'
    )
    assert add(tmp_path / ".kieng", counted, 3, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kieng.web.watched._folder", lambda: tmp_path / ".kieng")
        told = parsed(asked("/so-do/", token).content.decode())
    page = ("page", 'public:\\"home\\"\\\\')
    assert told["kieng_requests_total", (page, ("status", "200"))] == 1
    buckets = [told["kieng_request_seconds_bucket", (page, ("le", str(one)))] for one in (*BOUNDS, "+Inf")]
    assert buckets == [0.0] * 4 + [1.0] * 7
    assert told["kieng_request_seconds_sum", (page,)] == 0.3
    assert {reason: told["kieng_refused_total", (("reason", reason),)] for reason in REFUSALS} == {
        "cost": 0,
        "turn": 2,
        "slow": 0,
        "large": 0,
    }
    assert told["kieng_turns_waiting", ()] == 3
    assert told["kieng_workers", ()] == 1
    assert told["kieng_work_timestamp_seconds", (("work", "backup"),)] == 2.5
    assert told["kieng_measured_timestamp_seconds", ()] > 1.7e9
    assert told["kieng_healthy", ()] == 1
    assert told["kieng_disk_free_bytes", ()] > 0
    assert told["kieng_text_faults", ()] == 0
    stand = {dict(labels)["alarm"] for name, labels in told if name == "kieng_alarm"}
    assert stand == {one.code for one in ALARMS}


@pytest.mark.django_db
def test_a_damaged_or_empty_workspace_is_told_of_too(token, tmp_path):
    (tmp_path / ".kieng").mkdir()
    with served(tmp_path):
        told = parsed(asked("/so-do/", token).content.decode())
    assert told["kieng_healthy", ()] == 0
    assert ("kieng_measured_timestamp_seconds", ()) not in told


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"requests": {"a b": 1}}', "[" * 100_000, '{"requests": 1}', *ODD]
)
def test_a_file_of_counters_that_is_none_begins_anew(content, tmp_path):
    (tmp_path / NAME).write_text(content)
    assert totals(tmp_path).counted == Counted()
    counted = Counted()
    counted.add("x", 200, 1.0)
    assert add(tmp_path, counted, 0, 0)
    assert totals(tmp_path).counted == counted


def test_several_workers_add_up_and_one_that_is_gone_is_no_more(tmp_path):
    code = (
        "import sys; from pathlib import Path; from kieng.web.counting import *\n"
        "for _ in range(50):\n"
        "    one = Counted(); one.add('public:home', 200, 0.01); one.refused['cost'] += 1\n"
        "    assert add(Path(sys.argv[1]), one, 1, 2)"
    )
    run = [sys.executable, "-c", code, str(tmp_path)]
    working = [subprocess.Popen(run) for _ in range(4)]
    assert [one.wait(60) for one in working] == [0] * 4
    known = totals(tmp_path)
    assert known.counted.requests == {("public:home", 200): 200}
    assert known.counted.refused["cost"] == sum(known.counted.took["public:home"][:-1]) == 200
    assert set(known.workers) == {one.pid for one in working}
    told = json.loads((tmp_path / NAME).read_text())
    told["workers"] = {pid: [at - 60, a, b] for pid, (at, a, b) in told["workers"].items()}
    (tmp_path / NAME).write_text(json.dumps(told))
    assert totals(tmp_path).workers == {}


def test_what_cannot_be_added_is_not_lost(tmp_path):
    counted = Counted()
    counted.add("x", 200, 1.0)
    assert not add(tmp_path / "gone", counted, 0, 0)
    assert counted.requests.total() == 1


def test_workers_count_by_name_and_nothing_of_anybody(ministry, tmp_path):
    """Every address of the site and odd ones, kept and not, through the server itself."""
    from tests.helpers.copies import copied
    from tests.web.test_serving import _answer, _serving, _until_up

    root = copied(ministry, tmp_path / "w")
    (root / ".kieng" / NAME).unlink(missing_ok=True)  # what another test served a moment ago
    port = _free()
    with _serving(root, port):
        _until_up(port)
        asked = [*addresses().values(), "/", "/", "/khong-co-bi-mat/", "/?q=bi-mat", "/static/kieng.css"]
        for address in asked:
            _answer(port, address)
        time.sleep(2.5)
        token = (root / ".kieng" / "watch-token").read_text()
        assert (root / ".kieng" / "watch-token").stat().st_mode & 0o077 == 0
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        with closing(connection):
            connection.request("GET", "/so-do/", headers={"Authorization": f"Bearer {token}"})
            told = parsed(connection.getresponse().read().decode())
    counts = {k: v for k, v in told.items() if k[0] == "kieng_requests_total"}
    assert sum(counts.values()) >= len(asked)
    pages = {dict(labels)["page"] for _, labels in counts}
    assert pages <= {*addresses(), NO_PAGE}
    assert told["kieng_requests_total", (("page", resolve("/").view_name), ("status", "200"))] >= 3
    content = (root / ".kieng" / NAME).read_text()
    for secret in ("bi-mat", "127.0.0.1", *(str(one) for one in SAMPLES.values() if len(str(one)) > 8)):
        assert secret not in content, secret
    assert told["kieng_workers", ()] == 1


def _free() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

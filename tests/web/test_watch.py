"""The process beside the pages: systemd is told only of pages that answer, and alarms are told once."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.helpers.copies import copied
from tests.web.test_serving import _children, _serving, _until_up

from kieng.web import watch
from kieng.web.watch import Health, Watch, ask, notify, site_name, times
from kieng.workspace.alarms import NO_ANSWER

SILENT = Health(NO_ANSWER)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """What systemd has been told since it was last asked."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        systemd.setblocking(False)

        def received() -> str:
            found = []
            while True:
                try:
                    found.append(systemd.recv(4096).decode())
                except BlockingIOError:
                    return "\n".join(found)

        yield received


def watching(folder: Path, answers: list[Health], now: list[float]) -> Watch:
    return Watch(folder, True, lambda: answers.pop(0), lambda: now[0])


def test_systemd_hears_of_pages_that_answer_and_of_no_others(told, tmp_path):
    one = watching(tmp_path, [SILENT, SILENT, Health("fine"), Health("no database"), SILENT], [0.0])
    one.look()
    one.look()
    assert told() == ""
    one.look()
    assert told().split("\n") == ["READY=1", "WATCHDOG=1", "STATUS=/suc-khoe/: fine"]
    one.look()  # it lives, and a restart would not bring back the database
    assert told().split("\n") == ["WATCHDOG=1", "STATUS=/suc-khoe/: no database"]
    one.look()
    assert told() == ""


def test_a_socket_by_an_abstract_name_or_gone_is_no_trouble(monkeypatch):
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as systemd:
        systemd.bind("\0kieng-test")
        monkeypatch.setenv("NOTIFY_SOCKET", "@kieng-test")
        assert notify("READY=1")
        assert systemd.recv(100) == b"READY=1"
    assert not notify("READY=1")
    monkeypatch.delenv("NOTIFY_SOCKET")
    assert not notify("READY=1")


def test_an_alarm_is_told_when_it_begins_each_hour_and_when_it_ends(tmp_path, caplog):
    now = [0.0]
    one = watching(tmp_path, [SILENT] * 5 + [Health("fine", 2)] * 2, now)
    with caplog.at_level(logging.INFO, "kieng.alarms"):
        for at in (0, 10, 20, 30, 20 + 3600, 3630, 3640):
            now[0] = float(at)
            one.look()
    told = [(one.told["alarm"], one.told["state"]) for one in caplog.records]
    silence = [("not-answering", state) for state in ("begun", "stands", "ended")]
    assert told == [*silence[:2], ("text-faults", "begun"), silence[2]]
    assert caplog.records[0].told["mend"]["vi"]


@pytest.mark.parametrize(
    ("hosts", "name"),
    [
        ("", "127.0.0.1"),
        ("kieng.example.vn,127.0.0.1", "127.0.0.1"),
        ("kieng.example.vn", "kieng.example.vn"),
        (".example.vn", "example.vn"),
        ("*", "127.0.0.1"),
    ],
)
def test_it_asks_by_a_name_the_site_answers_to(hosts, name):
    assert site_name(hosts) == name


def test_it_asks_several_times_within_the_watchdogs_time(monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    assert times() == (5, 10)
    for odd in ("", "x", "0", "99999999999"):
        monkeypatch.setenv("WATCHDOG_USEC", odd)
        assert times() == (10, 20)


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\n\r\n[]", b"HTTP/1.1 400 Bad\r\n\r\nno", b"\x00\r\n"]
)
def test_what_is_no_answer_of_the_pages_ends_nothing(said):
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        asking = subprocess.Popen(
            [sys.executable, "-m", "kieng.web.watch", "--once", "--port", str(server.getsockname()[1])],
            stdout=subprocess.PIPE,
        )
        connection, _ = server.accept()
        with closing(connection):
            connection.recv(1000)
            connection.sendall(said)
        assert asking.communicate(timeout=60)[0].decode().strip() in ("", NO_ANSWER)
        assert asking.returncode == 1


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="asks Linux for the processes")
def test_a_service_that_hangs_is_silent_and_one_that_ends_takes_the_watch_along(
    ministry, tmp_path, told, monkeypatch
):
    root = copied(ministry, tmp_path / "w")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")
    with _serving(root, port) as server:
        _until_up(port)
        time.sleep(2)
        assert "READY=1\nWATCHDOG=1\nSTATUS=/suc-khoe/: fine" in told()
        assert ask("127.0.0.1", port, "127.0.0.1") == Health("fine")
        workers = _children(server.pid)
        for one in workers:
            os.kill(one, signal.SIGSTOP)
        time.sleep(1)
        told()
        time.sleep(2)
        assert told() == ""
        for one in workers:
            os.kill(one, signal.SIGCONT)
        (beside,) = [one for one in _all_children(server.pid) if "web.watch" in _command(one)]
        server.kill()  # as out of memory: nobody cleans up
        for one in workers:
            os.kill(one, signal.SIGKILL)
        for _ in range(250):
            if "web.watch" not in _command(beside):
                break
            time.sleep(0.1)
        assert "web.watch" not in _command(beside)


def _all_children(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


def test_a_fall_of_the_workers_is_noted_for_all_who_watch(tmp_path):
    from kieng.web.__main__ import _note_fall

    _note_fall(tmp_path)
    assert [one.alarm.code for one in watch.look(tmp_path, demo=True)] == ["workers-dying"]
    assert json.loads((tmp_path / "operations").read_text())["workers"]["fine"] is False

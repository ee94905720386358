"""Make the pages ready and serve them: ``python -m kieng.web``, which `kieng serve` calls."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kieng.problem_words import in_vietnamese
from kieng.problems import Problem, UserError
from kieng.records.disk import owner_only
from kieng.workspace.operations import Operation, Work, note
from kieng.workspace.web_secret import SETTING, kept_secret

#: What a program that watches shows, to be told more than strangers.
_TOKEN = "watch-token"  # noqa: S105 the name of its file


def main() -> None:
    """Bring the pages' tables up to date, collect static files, then serve until stopped."""
    owner_only()
    options = _options()
    try:
        environment(options.workspace, options.demo, options.host)
    except UserError as error:
        sys.exit("\n".join(_said(one) for one in error.problems))
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("second_factors")
    call_command("clearsessions")
    call_command("collectstatic", verbosity=0, interactive=False)
    if options.demo:
        call_command("demo_people")
    connections.close_all()
    with _watched(options):
        _serve(options)


def _said(problem: Problem) -> str:
    return " ".join((*(in_vietnamese(problem) or ()), str(problem)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("kieng.web")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--demo", action="store_true")
    return parser.parse_args()


def environment(workspace: Path, demo: bool, host: str) -> None:
    """What the settings read; what the environment already says stays."""
    os.environ["KIENG_WORKSPACE"] = str(workspace.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "kieng.web.settings"
    os.environ.setdefault("KIENG_WEB_HOSTS", ",".join(dict.fromkeys(("127.0.0.1", "localhost", host))))
    if demo:
        os.environ["KIENG_WEB_DEMO"] = "1"
    if SETTING not in os.environ:
        os.environ[SETTING] = kept_secret(workspace / ".kieng")
    if "KIENG_WEB_WATCH_TOKEN" not in os.environ:
        os.environ["KIENG_WEB_WATCH_TOKEN"] = kept_secret(workspace / ".kieng", _TOKEN)


@contextlib.contextmanager
def _watched(options: argparse.Namespace) -> Iterator[None]:
    """While this lasts a process beside the server asks whether it answers."""
    asked = ["--workspace", str(options.workspace), "--host", options.host, "--port", str(options.port)]
    command = [sys.executable, "-m", "kieng.web.watch", *asked, "--parent", str(os.getpid())]
    watching = subprocess.Popen([*command, *(["--demo"] if options.demo else [])])
    try:
        yield
    finally:
        watching.terminate()
        watching.wait()


#: A service that fell stands up again after so many seconds, later each time it falls at once.
_PAUSE, _LONGEST_PAUSE, _STOOD = 1.0, 30.0, 60.0


def _serve(options: argparse.Namespace) -> None:
    """Serve until stopped. Where its workers die one right after another the server gives up, as if the next
    were to die too; the service does not."""
    pause = _PAUSE
    while True:
        server, began = _server(options), time.monotonic()
        with contextlib.suppress(SystemExit):
            server.serve()
        if server.interrupt_signal:
            return
        _note_fall(options.workspace / ".kieng")
        pause = _PAUSE if time.monotonic() - began > _STOOD else min(2 * pause, _LONGEST_PAUSE)
        logging.getLogger("kieng.web").error("workers died one after another: begun anew in %.0f s", pause)
        for each in (signal.SIGTERM, signal.SIGINT):  # the server that fell hears them no more
            signal.signal(each, signal.SIG_DFL)
        time.sleep(pause)


def _note_fall(folder: Path) -> None:
    now = time.time()
    note(folder, Work.WORKERS, lambda _: Operation(now, now, fine=False))


def _server(options: argparse.Namespace) -> Any:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings

    return Granian(
        "kieng.web.serving.application:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,  # who is asked which of the two is never closed for saying nothing
        workers=options.workers,
        backlog=2_048,
        backpressure=1_000,  # what is not whole yet costs no thread
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        websockets=False,
        respawn_failed_workers=True,
    )


if __name__ == "__main__":
    main()

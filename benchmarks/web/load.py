"""The pages under load: granian with 2 workers over a workspace, wrk and a client of a fixed pace.

    .venv/bin/python benchmarks/web/load.py --workspace /var/tmp/web/workspace     # nation.py made it

Needs wrk (Debian's package). Prints a line of JSON per page: requests a second, latencies, processor
milliseconds of the server per request, and the server's memory (PSS of all its processes) at the end. The
fixed pace counts a late answer from the moment it should have been asked for, so a server that falls behind
cannot hide it.
"""

from __future__ import annotations

import argparse
import http.client
import http.cookiejar
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from kieng.workspace.folder import Workspace

PUBLIC = ["/", "/chi-so/work-files-online/", "/co-quan/quy-nhon-21583-2025/", "/ban-do/"]
WHO, PASSWORD = "lanh-dao-tinh", "trinh-dien-kieng"  # noqa: S105 stated on the demo's own log-in page
_CLOCK = os.sysconf("SC_CLK_TCK")


def _families(roots: Iterable[int]) -> list[Path]:
    found, waiting = [], list(roots)
    while waiting:
        pid = waiting.pop()
        found.append(Path(f"/proc/{pid}"))
        for task in Path(f"/proc/{pid}/task").iterdir():
            waiting += [int(child) for child in (task / "children").read_text().split()]
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """Processor seconds so far of these processes and all below them, of those that have ended too."""
    spent = 0
    for process in _families(roots):
        fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
        spent += sum(int(field) for field in fields[11:15])
    return spent / _CLOCK


def pss_mb(roots: Iterable[int]) -> float:
    """Memory of these processes and all below them; what they share counts once."""
    texts = [(process / "smaps_rollup").read_text() for process in _families(roots)]
    return sum(int(re.search(r"Pss:\s+(\d+)", text)[1]) for text in texts) / 1024  # type: ignore[index]


class Server:
    """The site, as ``kieng serve --demo`` starts it, and what its processes use."""

    def __init__(self, workspace: Path, port: int, workers: int) -> None:
        self.host = f"127.0.0.1:{port}"
        command = [sys.executable, "-m", "kieng.web", "--workspace", str(workspace), "--demo"]
        command += ["--port", str(port), "--workers", str(workers)]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for _ in range(3000):  # on a busy machine it takes its time
            try:
                self.get("/suc-khoe/")
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server did not come up")

    def get(self, path: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        connection.close()
        return answer

    def cpu(self) -> float:
        return cpu_seconds([self.process.pid])

    def pss_mb(self) -> float:
        return pss_mb([self.process.pid])

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def cookie_of_somebody(server: Server) -> str:
    """The cookie of a leader who has logged in, as a browser would."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"http://{server.host}/tai-khoan/login/"
    page = opener.open(address).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        raise SystemExit("no log-in form")
    form = {"csrfmiddlewaretoken": token[1], "login": WHO, "password": PASSWORD}
    opener.open(address, urllib.parse.urlencode(form).encode()).read()
    return "; ".join(f"{one.name}={one.value}" for one in jar)


def wrk(server: Server, path: str, seconds: int, headers: dict[str, str]) -> dict[str, object]:
    """As many requests as two cores answer, the client's own work among them."""
    told = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency", *told, f"http://{server.host}{path}"]
    before = server.cpu()
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = server.cpu() - before
    count = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return {
        "per_second": round(float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])),  # type: ignore[index]
        "p50": re.search(r"50%\s+(\S+)", said)[1],  # type: ignore[index]
        "p99": re.search(r"99%\s+(\S+)", said)[1],  # type: ignore[index]
        "cpu_ms": round(1000 * spent / count, 2),
        "refused": int(bad[1]) if bad else 0,
    }


def at_pace(
    server: Server, paths: list[str], rate: int, seconds: int, headers: dict[str, str]
) -> dict[str, object]:
    """``rate`` requests a second over ``paths`` in turn, each at its moment whatever the others do."""
    total, clients = rate * seconds, 16
    took: list[float] = []
    refused: list[int] = []
    begin, before = time.perf_counter() + 0.5, server.cpu()

    def ask(first: int) -> None:
        connection = http.client.HTTPConnection(server.host, timeout=60)
        for number in range(first, total, clients):
            due = begin + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("GET", paths[number % len(paths)], headers=headers)
            answer = connection.getresponse()
            answer.read()
            took.append(time.perf_counter() - due)
            if answer.status != 200:
                refused.append(answer.status)

    threads = [threading.Thread(target=ask, args=(first,)) for first in range(clients)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    cuts = statistics.quantiles(took, n=100)
    return {
        "rate": rate,
        "requests": total,
        "p50_ms": round(1000 * cuts[49], 1),
        "p95_ms": round(1000 * cuts[94], 1),
        "p99_ms": round(1000 * cuts[98], 1),
        "worst_ms": round(1000 * max(took), 1),
        "cpu_ms": round(1000 * (server.cpu() - before) / total, 2),
        "refused": len(refused),
    }


def made_anew(server: Server, paths: list[str], headers: dict[str, str]) -> dict[str, object]:
    """Each page for the first time since the figures were measured, then until every worker has made it."""
    before, took, size = server.cpu(), [], 0
    for path in paths:
        began = time.perf_counter()
        size += len(server.get(path, headers).body)  # type: ignore[attr-defined]
        took.append(time.perf_counter() - began)
    spent = server.cpu() - before
    for _ in range(8):
        for path in paths:
            server.get(path, headers)
    return {
        "pages": len(paths),
        "p50_ms": round(1000 * statistics.median(took), 1),
        "worst_ms": round(1000 * max(took), 1),
        "cpu_ms": round(1000 * spent / len(paths), 1),
        "bytes": round(size / len(paths)),
    }


def after_a_measuring(server: Server, root: Path, paths: dict[str, list[str]], own: dict[str, str]) -> None:
    """Pages for the first time since figures were measured, in processes that have long been at work: only
    the processor is told of, which the first page of each process pays most of."""
    for what, some in paths.items():
        Workspace(root).measure()
        time.sleep(1)
        before = server.cpu()
        for path in some:
            server.get(path, own)
        each = round(1000 * (server.cpu() - before) / len(some), 1)
        say(f"after a measuring: {what}", {"pages": len(some), "cpu_ms": each})


def say(what: str, found: dict[str, object]) -> None:
    print(json.dumps({"what": what, **found}, ensure_ascii=False), flush=True)


def communes_of(server: Server, count: int) -> list[str]:
    answer = server.get(f"/api/v1/agencies?level=commune&limit={count}")
    return [one["id"] for one in json.loads(answer.body)["items"]][:count]  # type: ignore[attr-defined]


def run(server: Server, root: Path, seconds: int, communes: int) -> None:
    say("start", {"pss_mb": round(server.pss_mb()), "load": os.getloadavg()[0]})
    zipped = {"Accept-Encoding": "gzip"}
    for path in PUBLIC:
        began = time.perf_counter()
        etag = server.get(path, zipped).getheader("ETag") or ""
        first, size = time.perf_counter() - began, len(server.get(path, zipped).body)  # type: ignore[attr-defined]
        warm = {"first_ms": round(1000 * first), "bytes": size}
        say(f"kept {path}", warm | wrk(server, path, seconds, zipped))
        say(f"304 {path}", wrk(server, path, seconds, zipped | {"If-None-Match": etag}))
    own = zipped | {"Cookie": cookie_of_somebody(server)}
    heads = [f"/toi/?agency={one}" for one in communes_of(server, communes)]
    one = [f"/toi/chi-so/work-files-online/{path.split('=')[1]}/" for path in heads]
    for what, paths in (("first screen", heads), ("one indicator", one)):
        say(f"cockpit, {what}, made anew", made_anew(server, paths, own))
        say(f"cockpit, {what}", at_pace(server, paths, 100, seconds, own))
    say("cockpit, as many as go", wrk(server, heads[0], seconds, own))
    others = [one for one in communes_of(server, 1_000) if one.startswith("x")][:communes]
    made_up = [f"/toi/?agency={one}" for one in others]
    again = {"first screen": heads, "first screen, made-up communes": made_up, "one indicator": one}
    after_a_measuring(server, root, again | {path: [path] for path in PUBLIC}, own)
    say("end", {"pss_mb": round(server.pss_mb()), "load": os.getloadavg()[0]})


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--workspace", type=Path, required=True)
    options.add_argument("--port", type=int, default=8990)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--seconds", type=int, default=15)
    options.add_argument("--communes", type=int, default=100)
    chosen = options.parse_args()
    server = Server(chosen.workspace, chosen.port, chosen.workers)
    try:
        run(server, chosen.workspace, chosen.seconds, chosen.communes)
    finally:
        server.stop()


if __name__ == "__main__":
    main()

"""What is told to those who watch over the service, as Prometheus reads it (text format 0.0.4), at /so-do/.

Shown to whoever watches over all, and to a program that brings the token of ``.kieng/watch-token``. That a
question comes from this machine says nothing: behind a proxy here all do. No label tells a person, an agency
or an address.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kieng import __version__
from kieng.problems import UserError
from kieng.web import door
from kieng.web.accounts.models import Post
from kieng.web.counting import BOUNDS, Totals, totals
from kieng.words import Name
from kieng.workspace.alarms import ALARMS, Standing, free_of, look
from kieng.workspace.operations import Work, operations

_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_BEARER = "Bearer "


@dataclass(frozen=True)
class Health:
    """How the pages are: ``fine``, or in a word why not, with the state's version where there is one."""

    status: str
    version: str = ""
    text_faults: int = 0
    measured_at: float | None = None


def health() -> Health:
    """Whether the pages, their database and the workspace's figures can be reached."""
    try:
        Post.objects.exists()
        state = door.state()
    except door.NothingMeasured:
        return Health("nothing measured")
    except UserError as error:
        return Health(error.problems[0].code)
    except DatabaseError:
        return Health("no database")
    return Health("fine", state.version, state.faults, state.run.as_of.timestamp())


def alarms(of: Health) -> list[Standing]:
    """Those that stand, as the pages themselves see it."""
    return look(_folder(), health=of.status, text_faults=of.text_faults, demo=settings.DEMO)


def has_token(request: HttpRequest) -> bool:
    """Whether the request brings the workspace's token for those who watch."""
    told, token = request.headers.get("Authorization", ""), settings.WATCH_TOKEN
    return bool(token) and secrets.compare_digest(told.encode(), f"{_BEARER}{token}".encode())


@require_safe
def service(request: HttpRequest) -> HttpResponse:
    """Everything that is told, of all workers."""
    return HttpResponse("".join(one.text() for one in _told(health())), content_type=_TEXT)


# --- what is told ---------------------------------------------------------------------------------

Labels = Mapping[str, str]


@dataclass
class Family:
    """One name with its samples. ``kind``: gauge, counter or histogram."""

    name: str
    kind: str
    help: Name
    samples: list[tuple[str, Labels, float]] = field(default_factory=list)

    def add(self, value: float | None, labels: Labels | None = None, end: str = "") -> Family:
        if value is not None:
            self.samples.append((end, labels or {}, value))
        return self

    def text(self) -> str:
        if not self.samples:
            return ""
        said = f"{self.help.vi} / {self.help.en}"
        lines = [f"# HELP {self.name} {said}", f"# TYPE {self.name} {self.kind}"]
        lines += [
            f"{self.name}{end}{_labels(labels)} {_number(value)}" for end, labels, value in self.samples
        ]
        return "\n".join(lines) + "\n"


def _told(of: Health) -> Iterator[Family]:
    known = totals(_folder())
    yield _gauge("kieng_info", "Phiên bản", "the version").add(1, {"version": __version__})
    told = "1 khi trang và số liệu dùng được", "1 when pages and figures can be had"
    yield _gauge("kieng_healthy", *told).add(of.status == "fine")
    yield from _questions(known)
    yield from _turns(known)
    yield from _works(of)
    standing = {one.alarm.code for one in alarms(of)}
    family = _gauge("kieng_alarm", "1 khi đang báo động", "1 while the alarm stands")
    for one in ALARMS:
        family.add(one.code in standing, {"alarm": one.code, "level": one.level.value})
    yield family


def _questions(known: Totals) -> Iterator[Family]:
    asked = Family("kieng_requests_total", "counter", Name("Số yêu cầu", "requests"))
    for (page, status), many in sorted(known.counted.requests.items()):
        asked.add(many, {"page": page, "status": str(status)})
    yield asked
    took = Family("kieng_request_seconds", "histogram", Name("Thời gian trả lời", "seconds until the answer"))
    for page, told in sorted(known.counted.took.items()):
        *counts, seconds = told
        below = 0.0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
            below += count
            took.add(below, {"page": page, "le": bound}, "_bucket")
        took.add(seconds, {"page": page}, "_sum").add(below, {"page": page}, "_count")
    yield took
    refused = Family("kieng_refused_total", "counter", Name("Số yêu cầu bị từ chối", "requests refused"))
    for reason in REFUSALS:
        refused.add(known.counted.refused[reason], {"reason": reason})
    yield refused


#: Why a question is refused before a page is made: it asked too much (429), waited in vain for a turn, was
#: sent too slowly or is too large.
REFUSALS = ("cost", "turn", "slow", "large")


def _turns(known: Totals) -> Iterator[Family]:
    workers = known.workers.values()
    yield _gauge("kieng_workers", "Số tiến trình", "processes that make pages").add(len(workers))
    waiting = _gauge("kieng_turns_waiting", "Số yêu cầu đang chờ lượt", "requests that wait for a turn")
    yield waiting.add(sum(one.waiting for one in workers))
    having = _gauge("kieng_turns_taken", "Số trang đang làm", "pages being made")
    yield having.add(sum(one.having for one in workers))


def _works(of: Health) -> Iterator[Family]:
    noted = operations(_folder())
    at = _gauge("kieng_measured_timestamp_seconds", "Lúc đo gần nhất", "when figures were last measured")
    yield at.add(of.measured_at)
    fine = _gauge(
        "kieng_work_timestamp_seconds", "Lúc việc xong trọn vẹn gần nhất", "when it last ended well"
    )
    took = _gauge("kieng_work_seconds", "Việc ấy mất bao lâu", "how long that took")
    for work in (Work.MEASURE, Work.VERIFY, Work.BACKUP):
        if (last := noted.get(work)) is not None:
            fine.add(last.fine_at, {"work": work.value})
            took.add(last.seconds, {"work": work.value})
    yield from (fine, took)
    faults = _gauge("kieng_text_faults", "Số lỗi của văn bản", "faults of the text")
    yield faults.add(of.text_faults)
    room = free_of(_folder())
    free = _gauge("kieng_disk_free_bytes", "Ổ đĩa còn trống", "free on the disk of the workspace")
    yield free.add(None if room is None else room[0])


def _gauge(name: str, vi: str, en: str) -> Family:
    return Family(name, "gauge", Name(vi, en))


def _labels(labels: Labels) -> str:
    return f"{{{','.join(_pairs(labels.items()))}}}" if labels else ""


def _pairs(labels: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in labels:
        escaped = value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
        yield f'{name}="{escaped}"'


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


def _folder() -> Path:
    return Path(settings.WORKSPACE) / ".kieng"

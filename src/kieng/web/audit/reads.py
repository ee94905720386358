"""The trail as it is read, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kieng.web.audit import kinds
from kieng.web.audit.actions import FIRST
from kieng.web.audit.models import Event
from kieng.words import Name

PAGE = 50


@dataclass(frozen=True)
class Line:
    """An event with its sentence."""

    event: Event
    sentence: Name


@dataclass(frozen=True)
class Page:
    """Lines, newest first; ``older`` is the number to go on from, None at the end."""

    lines: tuple[Line, ...]
    older: int | None


@dataclass(frozen=True)
class Soundness:
    """How many events were checked, the newest hash, and what is wrong."""

    events: int
    head: str
    faults: tuple[Name, ...]


def trail(*, before: int | None = None, kind: str = "", agency: str = "", about: str = "") -> Page:
    """A page of the trail, of those that fit."""
    wanted = {"kind": kind, "agency": agency, "about": about}
    found = Event.objects.filter(**{k: v for k, v in wanted.items() if v}).select_related("by")
    if before is not None:
        found = found.filter(number__lt=before)
    events = list(found.order_by("-number")[: PAGE + 1])
    lines = tuple(Line(event, kinds.sentence(event)) for event in events[:PAGE])
    return Page(lines, lines[-1].event.number if len(events) > PAGE else None)


def verify(known_head: str = "") -> Soundness:
    """Recompute every hash. ``known_head`` is one noted elsewhere: it must still be in the chain."""
    count, before, seen = 0, FIRST, False
    faults: list[Name] = []
    for event in Event.objects.order_by("number").iterator():
        count += 1
        faults += _faults(event, count, before)
        before, seen = event.hash, seen or event.hash == known_head
    if known_head and not seen:
        faults.append(Name("Mã đã ghi ở nơi khác không còn trong nhật ký", "The noted hash is gone"))
    return Soundness(count, before, tuple(faults))


def _faults(event: Event, number: int, before: str) -> Iterator[Name]:
    if event.number != number:
        yield Name(f"Thiếu trước việc số {event.number}", f"Some are missing before event {event.number}")
    if event.before != before:
        yield Name(
            f"Việc số {event.number} không nối với việc trước", f"Event {event.number} breaks the chain"
        )
    if event.hash != event.chained():
        yield Name(f"Việc số {event.number} đã bị sửa", f"Event {event.number} was changed")

"""Every kind of event has a presenter, registered by the app that records it: a sentence in two languages."""

from __future__ import annotations

from collections.abc import Callable

from kieng.web.audit.models import Event
from kieng.words import Name

Presenter = Callable[[Event], Name]
_presenters: dict[str, tuple[Name, Presenter]] = {}


def presents(kind: str, vi: str, en: str) -> Callable[[Presenter], Presenter]:
    """Register the presenter of ``kind``; ``vi`` and ``en`` name it in lists. ValueError if it has one."""

    def register(presenter: Presenter) -> Presenter:
        if kind in _presenters:
            raise ValueError(f"{kind} has a presenter already")
        _presenters[kind] = Name(vi, en), presenter
        return presenter

    return register


def is_known(kind: str) -> bool:
    return kind in _presenters


def names() -> dict[str, Name]:
    """Every kind with its name."""
    return {kind: name for kind, (name, _) in _presenters.items()}


def sentence(event: Event) -> Name:
    """What was done, said to a reader; the kind itself when its app is no longer there."""
    if event.kind not in _presenters:
        return Name(event.kind, event.kind)
    return _presenters[event.kind][1](event)

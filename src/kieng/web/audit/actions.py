"""The only writer of the trail."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import Model

from kieng.records.chain import moment_text
from kieng.web.audit import kinds
from kieng.web.audit.models import Event

FIRST = "0" * 64
log = logging.getLogger("kieng.audit")
#: Names the lock that lets one transaction at a time add to the chain on PostgreSQL.
_LOCK = 0x6B69656E67


def record(
    kind: str,
    *,
    by: AbstractBaseUser | None,
    about: Model | None = None,
    agency: str = "",
    why: str = "",
    **told: str | int | None,
) -> Event:
    """Add an event in the caller's transaction, so that it is kept exactly when the deed is.

    ``about`` is a saved model object. ValueError for a kind without a presenter.
    """
    if not kinds.is_known(kind):
        raise ValueError(f"no presenter for {kind}")
    with transaction.atomic():
        event = _after_last(kind, by)
        event.about, event.agency, event.why = _named(about), agency, why[:500]
        event.told = json.dumps(told, ensure_ascii=False, sort_keys=True)
        event.hash = event.chained()
        event.save(force_insert=True)
        # Logs are shipped elsewhere: whoever rewrites the table cannot rewrite these heads.
        transaction.on_commit(lambda: log.info("event %s %s", event.number, event.hash))
    return event


def in_turn() -> None:
    """Wait until nobody else adds to the trail; nobody does then until the caller's transaction ends. Whoever
    looks whether a deed may be done takes the turn first, so that two cannot both find that it may."""
    if connection.vendor == "postgresql":  # on SQLite a transaction is alone from its beginning
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _after_last(kind: str, by: AbstractBaseUser | None) -> Event:
    """An event that follows the newest; nobody else adds one until the transaction ends."""
    in_turn()
    last = Event.objects.order_by("-number").first()
    return Event(
        number=last.number + 1 if last else 1,
        at=moment_text(datetime.now(UTC)),
        kind=kind,
        by_id=by.pk if by else None,
        before=last.hash if last else FIRST,
    )


def _named(about: Model | None) -> str:
    """By what it is a model of: a request's user is of another class until it is looked at."""
    if about is None or about.pk is None:
        return ""
    return f"{about._meta.model_name} {about.pk}"

"""Wrong passwords and codes: who may try again, and when; by whom it is limited no stranger decides.

- A stranger is limited by account and address together: five wrong tries, then waits from half a minute,
  doubled each time, to an hour. So nobody who tries elsewhere keeps the account's owner out.
- An address is limited at a level that an office of hundreds behind one never reaches.
- An account that is tried from many addresses has no fewer of them kept out, but gives each one try.
- A device that was logged in with before counts apart from all of these, and so does who is logged in.
- Codes, of which there are only a million, are limited by account too, but for known devices: whoever tries
  them knows the password already.

A try counts before it is looked at, so that many at once are no more than one after another; who was right
has it back. Counts leak away. All of it lies in the database: it is the same for all workers and machines,
and goes on after a restart. Names and addresses stand in it as keyed hashes only.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import math
import time
from dataclasses import dataclass, field

from allauth.account.internal.userkit import get_user_by_username
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language

from kieng.web.accounts import devices
from kieng.web.accounts.models import Tries, User
from kieng.web.asker import asker_of
from kieng.web.audit.actions import record
from kieng.words import Name

log = logging.getLogger("kieng.accounts")


@dataclass(frozen=True)
class Limit:
    """``free`` wrong tries are followed by no wait, each after them by one twice as long as the one before,
    from ``first`` to ``longest``; one is forgotten each ``forgotten``. All in seconds."""

    free: int
    first: float
    longest: float
    forgotten: float

    def wait_after(self, count: float) -> float:
        beyond = round(count) - self.free
        return 0.0 if beyond < 0 else min(self.longest, self.first * 2.0 ** min(beyond, 30))


_HOUR = 3_600.0
ONE_PLACE = Limit(5, 30, _HOUR, _HOUR)
ONE_TRY = Limit(1, 60, _HOUR, _HOUR)
ADDRESS = Limit(150, 10, 60, 60)
AROUND = Limit(600, 10, 60, 15)  # the /48 that a customer of IPv6 may have
CODES = Limit(20, 60, _HOUR, _HOUR)
#: Never kept waiting by it: from here on each address has one try.
MANY_SIDES = Limit(50, 0, 0, _HOUR / 2)


@dataclass(frozen=True)
class Counted:
    """What a try counts for. ``own``: of one account in one place."""

    name: str
    limit: Limit
    own: bool = False


@dataclass
class Try:
    """One that was begun."""

    account: str
    counted: tuple[Counted, ...]
    known: bool = False
    user: User | None = field(default=None, repr=False)

    def was_right(self) -> None:
        """It and the wrong ones before it, of this account in this place, count for nothing any more."""
        with transaction.atomic():
            rows = _rows(self.counted, self.account)
            forgiven = max((row.count for row, one in rows if one.own), default=1.0)
            for row, one in rows:
                row.count = 0.0 if one.own else max(0.0, row.count - forgiven)
                row.until = 0.0
                row.save()


def begin(request: HttpRequest, name: str, *, code: bool = False) -> Try:
    """Count a try at the account called ``name`` (``code``: after its password). ValidationError, which
    says how long, for one that must wait."""
    user = _called(name)
    tried = _counted(request, user, _account(name, user), code)
    with transaction.atomic():
        rows = _rows(tried.counted, tried.account)
        now = time.time()  # whoever came later and was faster has been here before
        # A wait longer than there is any was begun before the clock was set back: better none than for days.
        waits = [row.until - now for row, one in rows if 0 < row.until - now <= one.limit.longest]
        if waits:
            raise _too_many(max(waits), tried.known)
        for row, one in rows:
            row.count = _left(row, one.limit, now) + 1
            wait = one.limit.wait_after(row.count)
            row.last, row.until = now, now + wait if wait else 0.0
            row.empty = now + row.count * one.limit.forgotten
            row.save()
            if one.limit is MANY_SIDES and round(row.count) == MANY_SIDES.free and user is not None:
                log.warning("an account is tried from many addresses; the trail says which")
                record("log_in_from_many_sides", by=None, about=user, who=user.get_full_name())
    _remove_forgotten(now)
    return tried


def _remove_forgotten(now: float) -> None:
    forgotten = Tries.objects.filter(empty__lt=now - _HOUR)
    if forgotten.exists():
        with transaction.atomic():  # those that others hold are removed another time: nobody waits for it
            free = forgotten.select_for_update(skip_locked=True).values_list("name", flat=True)
            Tries.objects.filter(name__in=list(free[:500])).delete()


def forget(user: User) -> None:
    """Let everybody try at ``user``'s account again: it has a password that nobody has tried."""
    Tries.objects.filter(account=_hashed(_account("", user))).delete()


def _counted(request: HttpRequest, user: User | None, account: str, code: bool) -> Try:
    what = "code" if code else "password"
    if user is not None and getattr(request, "user", None) == user:
        return Try(account, (Counted(f"self {what} {account}", ONE_PLACE, own=True),), known=True, user=user)
    device = devices.known_as(request, user)
    if device is not None:
        own = Counted(f"device {what} {account} {device}", ONE_PLACE, own=True)
        return Try(account, (own,), known=True, user=user)
    address = asker_of(request.META)
    sides = Counted(f"sides {what} {account}", CODES if code else MANY_SIDES)
    place = ONE_TRY if not code and _is_tried_from_many_sides(sides) else ONE_PLACE
    here = Counted(f"here {what} {account} {address}", place, own=True)
    return Try(account, (here, sides, *_of_address(address)), user=user)


def _of_address(address: str) -> tuple[Counted, ...]:
    counted = (Counted(f"address {address}", ADDRESS),)
    if "/" not in address:
        return counted
    around = ipaddress.ip_network(address).supernet(new_prefix=48)
    return (*counted, Counted(f"around {around}", AROUND))


def _is_tried_from_many_sides(sides: Counted) -> bool:
    row = Tries.objects.filter(name=_hashed(sides.name)).first()
    return row is not None and round(_left(row, sides.limit, time.time())) >= sides.limit.free


def _called(name: str) -> User | None:
    """As the log-in itself finds them, so that no other spelling of a name has tries of its own."""
    found: User | None = get_user_by_username(name) if name and "\0" not in name else None
    return found


def _account(name: str, user: User | None) -> str:
    return f"user {user.pk}" if user is not None else f"name {name.casefold()}"


def _rows(counted: tuple[Counted, ...], account: str) -> list[tuple[Tries, Counted]]:
    """The row of each, nobody else's until the transaction ends; locked in one order, so that no two wait for
    each other."""
    by_name = {_hashed(one.name): one for one in counted}
    made = [Tries(name=name, account=_hashed(account), empty=time.time()) for name in sorted(by_name)]
    Tries.objects.bulk_create(made, ignore_conflicts=True)
    there = Tries.objects.select_for_update().filter(name__in=by_name).order_by("name")
    return [(row, by_name[row.name]) for row in there]


def _left(row: Tries, limit: Limit, now: float) -> float:
    """How many are not forgotten yet. A clock that was set back forgets nothing."""
    return max(0.0, row.count - max(0.0, now - row.last) / limit.forgotten)


def _hashed(name: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"kieng.tries {name}".encode(), hashlib.sha256).hexdigest()


def _too_many(seconds: float, known: bool) -> ValidationError:
    minutes = math.ceil(seconds / 60)
    vi, en = f"Đã thử sai quá nhiều lần. Hãy đợi {minutes} phút rồi thử lại", "Too many wrong tries. Wait"
    en = f"{en} {minutes} minute{'s' if minutes > 1 else ''}, then try again"
    if not known:
        vi += "; máy đã từng đăng nhập tài khoản này vẫn vào được"
        en += "; a device that was logged in with before still can"
    says = Name(f"{vi}.", f"{en}.").in_language(get_language() or "vi")
    return ValidationError(says, code="too_many")

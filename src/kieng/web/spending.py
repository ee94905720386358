"""What one asker may cost: seconds of the processor, so many at once and so many more each second.

Every address of the site counts by what it really took, so that none can be forgotten. Who is logged in is
counted by account, for offices share an address; everybody else by address, or by the device they logged in
with before. What is kept costs nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kieng.web import limits
from kieng.web.accounts import devices
from kieng.web.accounts.models import User
from kieng.web.accounts.reads import person_of, proved
from kieng.web.asker import asker_of
from kieng.web.views import too_many

View = Callable[[HttpRequest], HttpResponse]
#: Somebody known may take so many times what a stranger may.
_KNOWN = 2
#: Buckets hold whole tokens: thousandths of a second.
_TOKENS = 1_000
#: Nobody knows beforehand what a question costs: it may begin while this part of a full bucket is left.
_LEAST = 0.1
#: What took more, such as the first file of all figures, was made for those who ask next as well.
_MOST_OF_ONE = 10.0
#: Who watches over the process asks again and again; logging out must always be possible.
_FREE = ("/suc-khoe/", "/tai-khoan/logout/")


def spending(get_response: View) -> View:
    def answer(request: HttpRequest) -> HttpResponse:
        if request.path in _FREE:
            return get_response(request)
        who, rate = _who(request)
        lacking = rate.burst * _LEAST - limits.buckets().take(who, rate, 0).left
        if lacking > 0:
            response = too_many(request)
            response.headers["Retry-After"] = str(math.ceil(lacking / rate.refill))
            return response
        began = time.thread_time()
        try:
            return get_response(request)
        finally:
            who, rate = _payer(request) or (who, rate)
            spent = math.ceil(min(time.thread_time() - began, _MOST_OF_ONE) * _TOKENS)
            limits.buckets().take(who, rate, spent, afterwards=True)

    return answer


def _who(request: HttpRequest) -> tuple[str, limits.Rate]:
    user = person_of(request).user
    if user is not None:
        return _of_account(user)
    device = devices.number_of(request)  # strangers at the same address keep nobody from logging in
    return f"seconds of {f'device {device}' if device else asker_of(request.META)}", _rate(1)


def _payer(request: HttpRequest) -> tuple[str, limits.Rate] | None:
    """Who has just shown who they are pays for it, not the address that an office shares: three hundred
    log-ins of a morning cost more than a stranger's address may."""
    user = proved(request)
    return None if user is None else _of_account(user)


def _of_account(user: User) -> tuple[str, limits.Rate]:
    return f"seconds of account {user.pk}", _rate(_KNOWN)


def _rate(times: int) -> limits.Rate:
    burst, refill = settings.SECONDS_OF_ONE
    many = _TOKENS * times
    return limits.Rate(round(burst * many), refill * many)

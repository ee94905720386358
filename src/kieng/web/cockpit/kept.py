"""The long middle of a page, kept as text: what is the same for everybody with the same eyes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from kieng.web.accounts.reads import SEE_ALL, Person
from kieng.web.door import State

#: As many are kept; a long one has about 150 kB.
_MOST = 300

_kept: OrderedDict[tuple[object, ...], SafeString] = OrderedDict()
_lock = Lock()


def eyes(person: Person) -> object:
    """Two people with the same eyes see the same figures."""
    return "all" if person.roles & SEE_ALL else tuple(sorted(person.agencies))


def middle(
    request: HttpRequest, state: State, person: Person, agency: str, make: Callable[[], SafeString]
) -> SafeString:
    """What ``make`` gives, by the data, the address, the agency, the language and the eyes. It may show
    nothing else of the person, and no form with a token."""
    key = (state.version, request.get_full_path(), agency, get_language(), eyes(person))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return made

"""Who may open which page: one table. A page that is not in it is refused to everybody."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kieng.web.accounts import demo
from kieng.web.accounts.models import User
from kieng.web.accounts.reads import Person, has_second_factor, person_of
from kieng.web.accounts.sealing import LOST, Unreadable
from kieng.web.accounts.signals import outlived
from kieng.web.watched import has_token

View = Callable[..., HttpResponse]
May = Callable[[Person], bool]


def anyone(person: Person) -> bool:
    return True


def signed_in(person: Person) -> bool:
    return person.signed_in


def serves(person: Person) -> bool:
    """Holds some post today."""
    return bool(person.posts)


def administers(person: Person) -> bool:
    return person.administers


def watches_over(person: Person) -> bool:
    """The office, the leaders and the administrator see what everybody did."""
    return person.watches_over


#: By the view's name, or its app's; the longest that fits holds.
RULES: dict[str, May] = {
    "public": anyone,
    "maps": anyone,
    "health": anyone,
    "service": watches_over,
    "language": anyone,
    "api": anyone,
    "api_keys": administers,
    "open_data": anyone,
    "opendata": anyone,
    "opendata:mine": serves,
    "cockpit": serves,
    "audit": watches_over,
    "audit:check": administers,
    "accounts": administers,
    "accounts:me": signed_in,
    "accounts:enter": signed_in,
    "accounts:end_sessions": signed_in,
    "accounts:delegate": serves,
    "accounts:end_delegation": serves,
    "people": administers,
    "people:activate": anyone,
    "account_login": anyone,
    "account_logout": signed_in,
    "account_inactive": anyone,
    "account_reauthenticate": signed_in,
    "account_change_password": signed_in,
    "openid_connect_login": anyone,
    "openid_connect_callback": anyone,
    "socialaccount_login_cancelled": anyone,
    "socialaccount_login_error": anyone,
    # Asked for between the password and being signed in; shows nothing to others.
    "mfa_authenticate": anyone,
    "mfa": signed_in,
}
#: What a program that watches may open with the workspace's token, without being anybody.
_BY_TOKEN = {"service"}
#: What somebody may open who must first choose a password or add a second factor.
_FIRST = {"account_logout", "account_reauthenticate", "account_change_password", "language"}


def rule_of(view_name: str) -> May | None:
    """The rule of a page: its own, else its app's; None when none was declared."""
    app = "mfa" if view_name.startswith("mfa_") else view_name.split(":")[0]
    return RULES.get(view_name) or RULES.get(app)


class Guard:
    """Middleware: refuse what the table does not allow; a stranger is sent to log in."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A second factor that cannot be read is said so on the pages about it too."""
        if isinstance(error, Unreadable):
            return render(request, "kieng/sealed.html", {"says": LOST}, status=409)
        return None

    def process_view(
        self, request: HttpRequest, view: View, args: object, kwargs: object
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in _BY_TOKEN and has_token(request):
            return None
        may = rule_of(name)
        person = person_of(request)
        if person.signed_in and outlived(request, person):
            logout(request)
            return redirect_to_login(request.get_full_path())
        before = _must_do_first(person)
        if before and name not in _FIRST and not name.startswith("mfa_"):
            return redirect(before)
        if may is not None and may(person):
            return None
        if may is not None and not person.signed_in:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied


def _must_do_first(person: Person) -> str:
    """The page somebody must go through before any other; "" when there is none."""
    if person.user is None:
        return ""
    if person.user.must_change_password:
        return "account_change_password"
    if settings.SECOND_FACTOR and person.administers and not _is_excused(person.user):
        return "" if has_second_factor(person.user) else "mfa_index"
    return ""


def _is_excused(user: User) -> bool:
    """Of a demonstration's people everybody knows the password anyway, as long as it is one."""
    return settings.DEMO and user.username in demo.USERNAMES

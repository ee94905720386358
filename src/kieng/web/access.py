"""Who may open which page: one table. A page that is not in it is refused to everybody."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from kieng.web.accounts.models import Role
from kieng.web.accounts.reads import Person, person_of

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
    return Role.ADMIN in person.roles


def watches_over(person: Person) -> bool:
    """The office, the leaders and the administrator see what everybody did."""
    return bool(person.roles & {Role.OFFICE, Role.LEADER, Role.ADMIN})


#: By the view's name, or its app's; the longest that fits holds.
RULES: dict[str, May] = {
    "public": anyone,
    "health": anyone,
    "language": anyone,
    "cockpit": serves,
    "account_login": anyone,
    "account_logout": signed_in,
}


def rule_of(view_name: str) -> May | None:
    """The rule of a page: its own, else its app's; None when none was declared."""
    return RULES.get(view_name) or RULES.get(view_name.split(":")[0])


class Guard:
    """Middleware: refuse what the table does not allow; a stranger is sent to log in."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: object, kwargs: object
    ) -> HttpResponse | None:
        match = request.resolver_match
        may = rule_of(match.view_name if match else "")
        person = person_of(request)
        if may is not None and may(person):
            return None
        if may is not None and not person.signed_in:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied

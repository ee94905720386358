"""Who somebody is today, and what they answer for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from kieng.judgement.leads import leads_for
from kieng.plan.agency import AgencyTree
from kieng.plan.definitions import Definitions
from kieng.plan.succession import ever_above
from kieng.web.accounts.models import Post, Role, User

#: These posts see inside every agency.
SEE_ALL = frozenset({Role.OFFICE, Role.LEADER, Role.ADMIN})


@dataclass(frozen=True)
class Person:
    """Who asks for a page, with the posts held today. A stranger has no ``user``."""

    user: User | None
    posts: tuple[Post, ...]
    day: date

    @property
    def signed_in(self) -> bool:
        return self.user is not None

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(post.role) for post in self.posts)

    @property
    def administers(self) -> bool:
        return Role.ADMIN in self.roles

    @property
    def watches_over(self) -> bool:
        """The office, the leaders and the administrator see what everybody did."""
        return bool(self.roles & SEE_ALL)

    @property
    def agencies(self) -> tuple[str, ...]:
        """The agencies of the posts held today, each once."""
        return tuple(dict.fromkeys(post.agency for post in self.posts if post.agency))

    def sees_inside(self, agency: str, tree: AgencyTree) -> bool:
        """Whether the person may see what the public does not of ``agency``: its own or what is below, on
        any day's tree, or everything for those who watch over all."""
        if self.roles & SEE_ALL:
            return True
        own = set(self.agencies)
        return any(above in own for above in ever_above(tree, agency))

    def sees_figure(self, indicator: str, agency: str, definitions: Definitions) -> bool:
        """Whether the person may see what the public does not of one indicator at ``agency``: whoever sees
        inside it may, and so may the heads and officers of an agency that leads the indicator today."""
        if self.sees_inside(agency, definitions.tree):
            return True
        return any(leads_for(definitions, own, indicator, agency, self.day) for own in self.agencies)


STRANGER = Person(None, (), date.min)


def person_of(request: HttpRequest) -> Person:
    """Who asks. Looked up once for each request."""
    found = getattr(request, "_kieng_person", None)
    if found is None:
        user = getattr(request, "user", None)
        found = person(user) if isinstance(user, User) and user.is_authenticated else STRANGER
        request._kieng_person = found  # type: ignore[attr-defined]
    return found


def mark_proved(request: HttpRequest, user: User) -> None:
    """Note that ``request`` holds the password of ``user``, who may still be asked for a second factor."""
    request._kieng_proved = user  # type: ignore[attr-defined]


def proved(request: HttpRequest) -> User | None:
    """Whose password ``request`` holds."""
    found: User | None = getattr(request, "_kieng_proved", None)
    return found


def posts_of(user: User) -> tuple[Post, ...]:
    """Every post somebody holds, held or will hold, the newest first."""
    return tuple(user.posts.select_related("instead_of__user").order_by("-valid_from", "-id"))


def holders(agency: str, day: date, role: Role = Role.HEAD) -> tuple[Post, ...]:
    """Who holds (or held, or will hold) a post of an agency on a day: those in it, then those acting."""
    found = Post.objects.filter(agency=agency, role=role, valid_from__lte=day).exclude(valid_to__lte=day)
    return tuple(found.select_related("user", "instead_of__user").order_by("acting", "valid_from", "id"))


def held_over_time(agency: str, role: Role = Role.HEAD) -> tuple[Post, ...]:
    """Every holder of a post of an agency, in the order of time."""
    found = Post.objects.filter(agency=agency, role=role).select_related("user", "instead_of__user")
    return tuple(found.order_by("valid_from", "acting", "id"))


def heads_over_time(agencies: Sequence[str]) -> tuple[Post, ...]:
    """Every head of these agencies, and who acted for one, in the order of time."""
    found = Post.objects.filter(agency__in=agencies, role=Role.HEAD).select_related(
        "user", "instead_of__user"
    )
    return tuple(found.order_by("valid_from", "acting", "id"))


def people(search: str = "") -> QuerySet[User]:
    """Everybody with an account, whose name or log-in holds ``search``, with their posts."""
    found = User.objects.prefetch_related("posts").order_by("-is_active", "shown_as", "username")
    if search:
        found = found.filter(Q(username__icontains=search) | Q(shown_as__icontains=search))
    return found


def colleagues(user: User, posts: tuple[Post, ...]) -> QuerySet[User]:
    """Others at work today in the agencies of ``posts``; for a post of the whole workspace, all who hold
    another such post."""
    today = timezone.localdate()
    held = Post.objects.filter(agency__in={post.agency for post in posts}, acting=False)
    held = held.filter(valid_from__lte=today).exclude(valid_to__lte=today)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).exclude(pk=user.pk)


def has_second_factor(user: User) -> bool:
    """Whether an app or a key must confirm that it is them."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=user, type__in=kinds).exists())


def person(user: User, day: date | None = None) -> Person:
    """``user`` with the posts held on ``day`` (today, where the province is)."""
    day = day or timezone.localdate()
    posts = user.posts.filter(valid_from__lte=day).exclude(valid_to__lte=day).order_by("valid_from", "id")
    return Person(user, tuple(posts), day)

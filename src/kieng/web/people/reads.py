"""What an administrator has to see to: posts that end, people without a second factor or who never came in,
agencies without a head or with two, posts in agencies that are no longer there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from django.utils import timezone

from kieng.plan.definitions import Definitions
from kieng.plan.recast import Atlas
from kieng.plan.succession import on_the_day
from kieng.web import door
from kieng.web.accounts.models import Post, Role, User
from kieng.web.cockpit.waits import Waits, waits_of
from kieng.web.people.models import Activation

#: A post that ends within so many days ends soon.
SOON = timedelta(days=30)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Ending:
    """A post that ends soon. ``after``: who holds it from that day on, where somebody does."""

    post: Post
    days: int
    after: str


@dataclass(frozen=True)
class NotCome:
    """Who has a post and never logged in. ``link``: the newest they were given; ``opens``: whether still."""

    user: User
    link: Activation | None
    opens: bool


@dataclass(frozen=True)
class Outlived:
    """A post that goes on in an agency that has ended. ``heir``: what the larger part of it became."""

    post: Post
    closed: date
    heir: str
    heirs: tuple[str, ...]


@dataclass(frozen=True)
class Overview:
    """All that is to be seen to on ``today``."""

    today: date
    ending: tuple[Ending, ...]
    one_factor: tuple[User, ...]
    not_come: tuple[NotCome, ...]
    outlived: tuple[Outlived, ...]
    headless: tuple[str, ...]
    two_heads: tuple[tuple[str, tuple[Post, ...]], ...]


def definitions() -> Definitions:
    """The text by which agencies are known: what was measured with; before the first measuring the folder's.
    UserError when there is none that can be used."""
    try:
        return door.state().definitions
    except door.NO_STATE:
        found: Definitions = door.workspace().definitions
        return found


def overview(known: Definitions, today: date) -> Overview:
    """Everything at once, by the posts as they stand."""
    posts = list(Post.objects.select_related("user").filter(_not_over(today)))
    held = [one for one in posts if one.holds_on(today)]
    heads: dict[str, list[Post]] = {}
    for post in held:
        if post.role == Role.HEAD:
            heads.setdefault(post.agency, []).append(post)
    real = {agency: tuple(p for p in those if not p.acting) for agency, those in heads.items()}
    return Overview(
        today=today,
        ending=tuple(_ending(posts, today)),
        one_factor=one_factor(today),
        not_come=not_come(today),
        outlived=outlived(known, posts, today),
        headless=tuple(sorted(set(known.tree.on(today).parent_of) - heads.keys())),
        two_heads=tuple((agency, those) for agency, those in sorted(real.items()) if len(those) > 1),
    )


def open_in(agency: str) -> tuple[Waits, ...]:
    """What waits at an agency, and passes with its post; nothing before the first measuring."""
    try:
        state = door.state()
    except door.NO_STATE:
        return ()
    return waits_of(state, agency).mine if agency in state.definitions.tree.on(state.today) else ()


def open_count(agency: str) -> int:
    """How many matters that are."""
    return sum(one.count for one in open_in(agency))


def _not_over(today: date) -> Q:
    return Q(valid_to=None) | Q(valid_to__gt=today)


def _ending(posts: Iterable[Post], today: date) -> list[Ending]:
    posts = list(posts)
    found = []
    for post in posts:
        if not post.holds_on(today) or post.valid_to is None or post.valid_to > today + SOON:
            continue
        after = next(
            (
                p
                for p in posts
                if (p.role, p.agency) == (post.role, post.agency) and p.holds_on(post.valid_to)
            ),
            None,
        )
        name = after.user.get_full_name() if after else ""
        found.append(Ending(post, (post.valid_to - today).days, name))
    return sorted(found, key=lambda one: (one.days, one.post.pk))


def one_factor(today: date) -> tuple[User, ...]:
    """Who holds a post today and is let in by a password alone; administrators first."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    safe = Authenticator.objects.filter(type__in=kinds).values("user")
    found = list(_in_post(today).exclude(pk__in=safe))
    admins = set(Post.objects.filter(role=Role.ADMIN, user__in=found).values_list("user", flat=True))
    return tuple(sorted(found, key=lambda one: (one.pk not in admins, one.get_full_name())))


def not_come(today: date) -> tuple[NotCome, ...]:
    """Who holds a post, or will, and has never logged in."""
    posts = Post.objects.filter(_not_over(today)).values("user")
    users = User.objects.filter(is_active=True, last_login=None, pk__in=posts).order_by("shown_as", "pk")
    links = {one.user_id: one for one in Activation.objects.filter(user__in=users).order_by("made_at", "pk")}
    now = timezone.now()
    return tuple(
        NotCome(one, link, link is not None and link.opens_at(now))
        for one in users
        for link in (links.get(one.pk),)
    )


def outlived(known: Definitions, posts: Iterable[Post], today: date) -> tuple[Outlived, ...]:
    """Posts that are held today or will be in agencies that are not there any more."""
    found = []
    for post in posts:
        agency = known.tree.agencies.get(post.agency)
        if agency is None or agency.closed is None or agency.closed > today:
            continue
        if post.valid_to is not None and post.valid_to <= agency.closed:
            continue
        heirs = tuple(sorted(on_the_day(known.tree, known.reorganisations, agency.id, today)))
        larger = _larger(known, agency.id, agency.closed - _DAY, today) if heirs else ""
        found.append(Outlived(post, agency.closed, larger or next(iter(heirs), ""), heirs))
    return tuple(sorted(found, key=lambda one: (one.closed, one.post.agency, one.post.pk)))


def _larger(known: Definitions, agency: str, last: date, today: date) -> str:
    landings = _atlas(known).recast(agency, last, today, "population")
    return max(landings, key=lambda one: (one.weight, one.agency)).agency if landings else ""


def _atlas(known: Definitions) -> Atlas:
    def make() -> Atlas:
        return Atlas(known.tree, known.reorganisations)

    try:
        state = door.state()
    except door.NO_STATE:
        return make()
    return state.once("atlas", make) if state.definitions is known else make()


def _in_post(today: date) -> QuerySet[User]:
    held = Post.objects.filter(_not_over(today), valid_from__lte=today).values("user")
    return User.objects.filter(is_active=True, pk__in=held)

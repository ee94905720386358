"""People who log in, and the posts they hold over time."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac

from kieng.judgement.phrases import both
from kieng.words import Name


class Role(models.TextChoices):
    """What a post lets its holder do. Strangers and citizens hold none."""

    OFFICER = "officer"
    HEAD = "head"
    OFFICE = "office"  # the digital-transformation office
    LEADER = "leader"  # the province's leaders
    ADMIN = "admin"

    @property
    def said(self) -> Name:
        return ROLE_NAMES[self]


ROLE_NAMES = {
    Role.OFFICER: Name("Cán bộ", "Officer"),
    Role.HEAD: Name("Người đứng đầu", "Head"),
    Role.OFFICE: Name("Cơ quan chuyển đổi số", "Digital-transformation office"),
    Role.LEADER: Name("Lãnh đạo tỉnh", "Provincial leader"),
    Role.ADMIN: Name("Quản trị", "Administrator"),
}


class User(AbstractUser):
    """Somebody who can log in. ``shown_as`` is what pages call them: a post, not a name, in the example.

    ``province_login`` is what the province's own log-in calls them; ``session_round`` ends every session
    when it grows; ``must_change_password`` until they chose one that nobody gave them.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    shown_as = models.CharField(max_length=200, blank=True)
    province_login = models.CharField(max_length=255, blank=True)
    language = models.CharField(max_length=2, blank=True)
    session_round = models.PositiveIntegerField(default=0)
    must_change_password = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["province_login"],
                condition=~models.Q(province_login=""),
                name="one_person_per_province_login",
            )
        ]

    def get_full_name(self) -> str:
        return self.shown_as or self.username

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """What a session must hold to go on: another after the password or the round changed."""
        told = f"{self.password} {self.session_round}"
        return salted_hmac("kieng.session", told, secret=secret, algorithm="sha256").hexdigest()


class Post(models.Model):
    """A post held from a day until (not including) another. ``acting``: on behalf of who holds it else."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=Role.choices)
    agency = models.CharField(max_length=200, blank=True)  # empty: the whole workspace
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    acting = models.BooleanField(default=False)
    because = models.CharField(max_length=500, blank=True)
    #: What the office calls it: "Chủ tịch UBND phường". Empty: as the role is called.
    title = models.CharField(max_length=200, blank=True)
    #: The post that its holder lets another act in: ends when that one does.
    instead_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="delegations"
    )

    class Meta:
        indexes = [models.Index(fields=["agency", "role"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="post_ends_after_it_begins",
            )
        ]

    @property
    def said(self) -> Name:
        """The post in words, without its agency: its title, where it has one."""
        if self.title:
            return Name(self.title, self.title)
        name = ROLE_NAMES[Role(self.role)]
        return both("Quyền {role}", "Acting {role}", role=name) if self.acting else name

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Seal(models.Model):
    """Which secret what is sealed here is sealed with, by its fingerprint; one row."""

    fingerprint = models.CharField(max_length=64)


class UsedCode(models.Model):
    """A code of an authenticator app that was used: ``of`` names the app, ``step`` its half minute."""

    of = models.CharField(max_length=64)
    step = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "step"], name="a_code_is_used_once")]


class Tries(models.Model):
    """Wrong tries of one kind: ``count`` as of ``last``, none accepted before ``until``, all forgotten by
    ``empty`` (seconds since 1970). ``name`` and ``account`` are keyed hashes."""

    name = models.CharField(max_length=64, primary_key=True)
    account = models.CharField(max_length=64, db_index=True)
    count = models.FloatField(default=0)
    last = models.FloatField(default=0)
    until = models.FloatField(default=0)
    empty = models.FloatField(db_index=True)

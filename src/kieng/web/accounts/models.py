"""People who log in, and the posts they hold over time."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models

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
    """Somebody who can log in. ``shown_as`` is what pages call them: a post, not a name, in the example."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    shown_as = models.CharField(max_length=200, blank=True)

    def get_full_name(self) -> str:
        return self.shown_as or self.username


class Post(models.Model):
    """A post held from a day until (not including) another. ``acting``: on behalf of who holds it else."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=Role.choices)
    agency = models.CharField(max_length=200, blank=True)  # empty: the whole workspace
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    acting = models.BooleanField(default=False)
    because = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="post_ends_after_it_begins",
            )
        ]

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

"""People to log in as in a demonstration: one for each role, called by their posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from kieng.web.accounts import actions
from kieng.web.accounts.models import Role, User
from kieng.words import Name

#: Stated on the log-in page. Worth nothing: there is nothing of worth behind it.
PASSWORD = "trinh-dien-kieng"  # noqa: S105
_FROM = date(2025, 7, 1)
_WARD = "quy-nhon-21583-2025"
_DEPARTMENT = "gl-so-khcn"


@dataclass(frozen=True)
class DemoPerson:
    username: str
    shown: Name
    role: Role | None = None
    agency: str = ""


PEOPLE = (
    DemoPerson(
        "chu-tich-phuong", Name("Chủ tịch UBND phường Quy Nhơn", "Chair of Quy Nhơn Ward"), Role.HEAD, _WARD
    ),
    DemoPerson(
        "can-bo-phuong", Name("Cán bộ phường Quy Nhơn", "Officer of Quy Nhơn Ward"), Role.OFFICER, _WARD
    ),
    DemoPerson(
        "giam-doc-so",
        Name("Giám đốc Sở Khoa học và Công nghệ", "Director of Science and Technology"),
        Role.HEAD,
        _DEPARTMENT,
    ),
    DemoPerson("chuyen-doi-so", Name("Cơ quan chuyển đổi số", "Digital-transformation office"), Role.OFFICE),
    DemoPerson("lanh-dao-tinh", Name("Lãnh đạo tỉnh", "Provincial leader"), Role.LEADER),
    DemoPerson("quan-tri", Name("Quản trị", "Administrator"), Role.ADMIN),
    DemoPerson("nguoi-dan", Name("Người dân", "Citizen")),
)
USERNAMES = frozenset(one.username for one in PEOPLE)


@transaction.atomic
def make() -> int:
    """Make those who are not there yet; how many were made. Only in a demonstration."""
    if not settings.DEMO:
        raise actions.Refused(Name("Chỉ dùng trong bản trình diễn", "Only in a demonstration"))
    made = [one.username for one in PEOPLE if _make(one)]
    # Everybody shares the password, and it is known: hashing it for each would take seconds and hide nothing.
    User.objects.filter(username__in=made).update(password=make_password(PASSWORD))
    return len(made)


def _make(one: DemoPerson) -> bool:
    if User.objects.filter(username=one.username).exists():
        return False
    why = "Bản trình diễn / demonstration"
    user = actions.create_person(username=one.username, shown_as=one.shown.vi, by=None, why=why)
    if one.role is not None:
        actions.give_post(user=user, role=one.role, agency=one.agency, valid_from=_FROM, by=None, why=why)
    return True

"""What the audit trail says about people and posts."""

from __future__ import annotations

from datetime import date

from kieng.judgement.phrases import both, day
from kieng.web.accounts.models import ROLE_NAMES, Role
from kieng.web.audit.kinds import presents
from kieng.web.audit.models import Event
from kieng.words import Name


def _about_person(kind: str, named: Name, sentence: Name) -> None:
    presents(kind, named.vi, named.en)(lambda event: both(sentence.vi, sentence.en, **_parts(event)))


def _parts(event: Event) -> dict[str, object]:
    """The event's parts, with days and posts in words."""
    parts: dict[str, object] = dict(event.parts)
    if "role" in parts:
        role = ROLE_NAMES[Role(str(parts["role"]))]
        parts["role"] = both("quyền {role}", "acting {role}", role=role) if parts.get("acting") else role
        parts["until"] = _until(parts.get("valid_to"))
        parts["valid_from"] = day(date.fromisoformat(str(parts["valid_from"])))
        parts["place"] = Name(f" ({event.agency})", f" ({event.agency})") if event.agency else Name("", "")
    return parts


def _until(text: object) -> Name:
    if not text:
        return Name("", "")
    return both(" đến trước ngày {day}", " until {day}", day=day(date.fromisoformat(str(text))))


for _kind, _named, _sentence in (
    (
        "person_created",
        Name("Mở tài khoản", "Account opened"),
        Name("Mở tài khoản cho {who}", "Opened an account for {who}"),
    ),
    (
        "person_disabled",
        Name("Khoá tài khoản", "Account disabled"),
        Name("Khoá tài khoản của {who}", "Disabled the account of {who}"),
    ),
    (
        "person_enabled",
        Name("Mở khoá tài khoản", "Account enabled"),
        Name("Mở khoá tài khoản của {who}", "Enabled the account of {who}"),
    ),
    (
        "post_given",
        Name("Giao chức vụ", "Post given"),
        Name(
            "{who} giữ chức vụ {role}{place} từ {valid_from}{until}",
            "{who} holds the post {role}{place} from {valid_from}{until}",
        ),
    ),
    (
        "post_ended",
        Name("Kết thúc chức vụ", "Post ended"),
        Name(
            "{who} thôi giữ chức vụ {role}{place}{until}",
            "{who} no longer holds the post {role}{place}{until}",
        ),
    ),
    (
        "post_withdrawn",
        Name("Rút uỷ quyền", "Delegation withdrawn"),
        Name(
            "Rút chức vụ {role}{place} của {who} trước khi bắt đầu",
            "Withdrew the post {role}{place} of {who} before it began",
        ),
    ),
    (
        "post_changed",
        Name("Sửa chức vụ", "Post changed"),
        Name(
            "Sửa thời hạn hoặc chức danh: {who} giữ chức vụ {role}{place} từ {valid_from}{until}",
            "Changed its end or title: {who} holds the post {role}{place} from {valid_from}{until}",
        ),
    ),
    (
        "post_handed_over",
        Name("Bàn giao chức vụ", "Post handed over"),
        Name(
            "{before} bàn giao chức vụ {role}{place} cho {who} từ {valid_from}, {open} việc còn mở",
            "{before} handed over the post {role}{place} to {who} from {valid_from}, {open} matters open",
        ),
    ),
    (
        "person_renamed",
        Name("Đổi tên", "Renamed"),
        Name("Đổi tên {before} thành {who}", "Renamed {before} to {who}"),
    ),
    (
        "email_set",
        Name("Ghi thư điện tử", "E-mail set"),
        Name("Ghi thư điện tử của {who}", "Set the e-mail of {who}"),
    ),
    (
        "password_given",
        Name("Cấp mật khẩu", "Password given"),
        Name("Cấp mật khẩu mới cho {who}", "Gave {who} a new password"),
    ),
    (
        "password_changed",
        Name("Đổi mật khẩu", "Password changed"),
        Name("{who} đổi mật khẩu", "{who} changed their password"),
    ),
    (
        "second_factor_added",
        Name("Thêm lớp bảo vệ thứ hai", "Second factor added"),
        Name("{who} thêm lớp bảo vệ thứ hai", "{who} added a second factor"),
    ),
    (
        "second_factor_removed",
        Name("Bỏ lớp bảo vệ thứ hai", "Second factor removed"),
        Name("Bỏ lớp bảo vệ thứ hai của {who}", "Removed the second factor of {who}"),
    ),
    (
        "province_login_set",
        Name("Gắn đăng nhập chung", "Province log-in set"),
        Name("Đặt tên đăng nhập chung của tỉnh cho {who}", "Set what the province's log-in calls {who}"),
    ),
    (
        "province_login_linked",
        Name("Nối đăng nhập chung", "Province log-in linked"),
        Name("Nối đăng nhập chung của tỉnh với {who}", "Linked the province's log-in with {who}"),
    ),
    ("logged_in", Name("Đăng nhập", "Logged in"), Name("{who} đăng nhập", "{who} logged in")),
    (
        "log_in_failed",
        Name("Đăng nhập hỏng", "Log-in failed"),
        Name("Có người đăng nhập hỏng vào tài khoản của {who}", "Somebody failed to log in as {who}"),
    ),
    (
        "log_in_from_many_sides",
        Name("Bị thử từ nhiều nơi", "Tried from many sides"),
        Name(
            "Tài khoản của {who} bị thử mật khẩu từ nhiều nơi: từ nay mỗi nơi chỉ được thử một lần mỗi giờ",
            "Passwords of {who} are tried from many places: each has one try an hour from now on",
        ),
    ),
    (
        "second_factor_failed",
        Name("Sai lớp bảo vệ thứ hai", "Second factor failed"),
        Name(
            "Có người nhập đúng mật khẩu của {who} rồi nhập sai mã của lớp bảo vệ thứ hai",
            "Somebody knew the password of {who} and entered a wrong code of the second factor",
        ),
    ),
    (
        "sessions_ended",
        Name("Đăng xuất mọi nơi", "Logged out everywhere"),
        Name("{who} đăng xuất ở mọi nơi", "{who} logged out everywhere"),
    ),
    (
        "language_changed",
        Name("Đổi ngôn ngữ", "Language changed"),
        Name("{who} đổi ngôn ngữ", "{who} changed the language"),
    ),
):
    _about_person(_kind, _named, _sentence)

"""What the audit trail says about sheets of people and activation."""

from __future__ import annotations

from kieng.judgement.phrases import both
from kieng.web.audit.kinds import presents
from kieng.web.audit.models import Event
from kieng.words import Name


@presents("people_loaded", "Nạp danh sách nhân sự", "List of people loaded")
def loaded(event: Event) -> Name:
    return both(
        "Nạp danh sách «{file}»: {people} người mới, {posts} chức vụ mới, {changed} đổi, {ended} kết thúc",
        "Loaded the list `{file}`: {people} new people, {posts} new posts, {changed} changed, {ended} ended",
        **event.parts,
    )


@presents("activation_given", "Cấp liên kết kích hoạt", "Activation link given")
def given(event: Event) -> Name:
    return both("Cấp liên kết kích hoạt cho {who}", "Gave {who} an activation link", **event.parts)


@presents("activated", "Kích hoạt tài khoản", "Account activated")
def activated(event: Event) -> Name:
    return both(
        "{who} kích hoạt tài khoản, tự chọn mật khẩu",
        "{who} activated the account and chose a password",
        **event.parts,
    )

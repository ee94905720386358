"""Seal second factors with today's secret, name those that cannot be read, remove one's."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kieng.web.accounts import actions
from kieng.web.accounts.models import User
from kieng.web.accounts.second_factors import seal_all


class Command(BaseCommand):
    help = "Niêm phong lớp bảo vệ thứ hai / seal second factors; --remove: bỏ của một người / remove one's"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", metavar="USERNAME")
        parser.add_argument("--why", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            _remove(options["remove"], options["why"])
        lost = seal_all()
        if lost:
            self.stderr.write(
                f"{lost} lớp bảo vệ thứ hai được niêm phong bằng khoá bí mật khác, không dùng được: đặt khoá"
                " cũ vào KIENG_WEB_SECRET_BEFORE, hoặc bỏ chúng ở trang người dùng (hay ở đây, --remove).\n"
                f"{lost} second factors are sealed with another secret and cannot be used: name the earlier"
                " one in KIENG_WEB_SECRET_BEFORE, or remove them on the page of people (or here, --remove)."
            )


def _remove(username: str, why: str) -> None:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError("Không có người này / there is no such person")
    if not why:
        raise CommandError("Nêu lý do bằng --why / say why with --why")
    actions.remove_second_factor(user=user, by=None, why=why)

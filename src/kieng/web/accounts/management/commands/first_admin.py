"""Open the first administrator's account. Its password is printed once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from kieng.web.accounts import actions
from kieng.web.accounts.models import Role, User


class Command(BaseCommand):
    help = "Mở tài khoản quản trị đầu tiên / open the first administrator's account"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        name = options["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise CommandError("Tên này đã có người dùng / the name is taken")
        password, why = actions.made_password(), "first_admin"
        user = actions.create_person(username=name, shown_as=name, password=password, by=None, why=why)
        actions.give_post(user=user, role=Role.ADMIN, valid_from=timezone.localdate(), by=None, why=why)
        self.stdout.write(password)

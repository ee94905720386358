"""Make the demonstration's people; again and again changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kieng.web.accounts import demo
from kieng.web.accounts.actions import Refused


class Command(BaseCommand):
    help = "Người dùng trình diễn (chỉ khi KIENG_WEB_DEMO=1) / the demonstration's people"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = demo.make()
        except Refused as refused:
            raise CommandError(f"{refused.says.vi} / {refused.says.en}") from refused
        if made:
            self.stdout.write(f"{made}")

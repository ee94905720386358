"""Check every event of the audit trail: exit code 1 names what was changed."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from kieng.web.audit import reads


class Command(BaseCommand):
    help = "Kiểm tra nhật ký / check the audit trail"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", default="", help="a hash noted earlier, which must still be there")

    def handle(self, *args: Any, **options: Any) -> None:
        sound = reads.verify(options["head"])
        for fault in sound.faults:
            self.stderr.write(f"{fault.vi} / {fault.en}")
        self.stdout.write(f"{sound.events} {sound.head}")
        if sound.faults:
            sys.exit(1)

"""Let a role of PostgreSQL serve the pages without owning their tables; to the trail it only adds."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

#: What no page ever changes: the trail, and which tables there are.
_ADDED_TO = {"audit_event": "SELECT, INSERT", "django_migrations": "SELECT"}
_ALL = "SELECT, INSERT, UPDATE, DELETE"


class Command(BaseCommand):
    help = "Cấp quyền trên các bảng của trang web / grant rights on the pages' tables (PostgreSQL)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Chỉ dùng với PostgreSQL / PostgreSQL only")
        role = connection.ops.quote_name(options["role"])
        tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
        with connection.cursor() as cursor:
            for table in sorted(tables | {"kieng_cache", "django_migrations"}):
                name = connection.ops.quote_name(table)
                cursor.execute(f"REVOKE ALL ON {name} FROM {role}")
                cursor.execute(f"GRANT {_ADDED_TO.get(table, _ALL)} ON {name} TO {role}")
                for numbers in connection.introspection.get_sequences(cursor, table):
                    sequence = connection.ops.quote_name(numbers["name"])
                    cursor.execute(f"GRANT USAGE, SELECT ON SEQUENCE {sequence} TO {role}")

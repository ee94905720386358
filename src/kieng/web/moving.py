"""People from one database into another: ``python -m kieng.web.moving``, which backup and restore call.

A backup holds people as an SQLite file, wherever they live: one made on a PostgreSQL server can be restored
into a file as well as the other way round. All is copied as of one moment, and comes whole or not at all.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from kieng.records.disk import owner_only
from kieng.web.__main__ import environment

_COPY = "copy"
#: Why nothing was done, told by how the process ends.
THERE_ALREADY = 3


def main() -> None:
    """``--out FILE``: a new file of all people; none where no page was ever served. ``--in FILE``: those of a
    file, into a database without people."""
    owner_only()
    parser = argparse.ArgumentParser("kieng.web.moving")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--in", type=Path, dest="into")
    options = parser.parse_args()
    environment(options.workspace, demo=False, host="127.0.0.1")
    from django.conf import settings

    there = str((options.out or options.into).resolve())
    settings.DATABASES[_COPY] = {"ENGINE": "django.db.backends.sqlite3", "NAME": there}
    import django

    django.setup()
    if options.out:
        _out()
    else:
        sys.exit(_in())


def _out() -> None:
    from django.core.management import call_command
    from django.db import DEFAULT_DB_ALIAS, connections
    from django.db.migrations.executor import MigrationExecutor

    if "accounts_user" not in connections[DEFAULT_DB_ALIAS].introspection.table_names():
        return
    known = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if known.migration_plan(known.loader.graph.leaf_nodes()):
        sys.exit("the tables of people are of an earlier Kiềng: `kieng serve` brings them up to date first")
    call_command("migrate", database=_COPY, verbosity=0, interactive=False)
    _copy_people(DEFAULT_DB_ALIAS, _COPY)
    connections.close_all()


def _in() -> int:
    from django.core.management import call_command
    from django.db import DEFAULT_DB_ALIAS, connections

    from kieng.web.accounts.models import User

    for alias in (DEFAULT_DB_ALIAS, _COPY):  # the file's may be those of an earlier Kiềng
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    if User.objects.exists():
        return THERE_ALREADY
    _copy_people(_COPY, DEFAULT_DB_ALIAS)
    connections.close_all()
    return 0


def _copy_people(source: str, target: str) -> None:
    """Every row of every table of the pages, by its own key; in one state, into one transaction."""
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connections, transaction

    models = [one for one in apps.get_models(include_auto_created=True) if not one._meta.proxy]
    with transaction.atomic(using=source), transaction.atomic(using=target):
        if connections[source].vendor == "postgresql":
            with connections[source].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for model in reversed(models):  # what migrating made itself: names of tables and rights, a seal
            made: Any = model._base_manager.using(target).all()
            if made.exists():
                made._raw_delete(target)
        for model in models:
            for one in model._base_manager.using(source).order_by("pk").iterator(1_000):
                one.save_base(raw=True, using=target, force_insert=True)  # as it is: no moment anew
        with connections[target].cursor() as cursor:
            for statement in connections[target].ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)


if __name__ == "__main__":
    main()

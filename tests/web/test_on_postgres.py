"""The pages' own tables on PostgreSQL: made, used, and the trail of deeds closed to changes there too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.helpers import postgres

_DEEDS = """
import django
django.setup()
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

call_command("migrate", verbosity=0, interactive=False)
call_command("createcachetable", verbosity=0)
call_command("demo_people", verbosity=0)
from kieng.web.accounts.models import User

print("people", User.objects.count())
for statement in ("UPDATE audit_event SET hash = 'x'", "DELETE FROM audit_event"):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        print("done", statement)
    except DatabaseError:
        print("refused", statement.split()[0])
call_command("verify_trail")
"""


@pytest.mark.slow  # another process: Django's database is chosen once for each
def test_people_and_their_deeds_are_kept_and_the_trail_is_closed(example: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "KIENG_WORKSPACE": str(example),
        "KIENG_DATABASE": postgres.fresh_database(tmp_path),
        "KIENG_WEB_SECRET": "for this test alone, of no worth anywhere else " * 2,
        "KIENG_WEB_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "kieng.web.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", _DEEDS],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "people 7" in done.stdout
    assert "refused UPDATE" in done.stdout
    assert "refused DELETE" in done.stdout

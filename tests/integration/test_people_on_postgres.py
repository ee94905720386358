"""People whose tables a server keeps are in the backup, and come back to a server or into a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.helpers import postgres
from tests.helpers.workspace import files_csv, load_files, ok, run, write_workspace
from tests.integration.test_backup import ROWS

SECRET = "for this test alone, of no worth anywhere else " * 2
_SET_UP = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "kieng.web.settings"
django.setup()
from django.conf import settings
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from kieng.web.accounts import actions, demo
from kieng.web.accounts.models import Post, Role, User
from kieng.web.api.models import ApiKey
from kieng.web.api.actions import make_key
from kieng.web.audit.models import Event
"""
_MAKES = f"""{_SET_UP}
call_command("migrate", verbosity=0)
call_command("demo_people", verbosity=0)
admin = User.objects.get(username="quan-tri")
TOTP.activate(admin, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
make_key(name="khoá", contact="", why="x", by=admin)
"""
_TOLD = f"""{_SET_UP}
print(*(one.objects.count() for one in (User, Post, Event)), ApiKey.objects.get().made_at.isoformat())
print(Authenticator.objects.get().data["secret"], User.objects.get(username="quan-tri").password)
"""
_LIVES = f"""{_SET_UP}
from django.test import Client
from allauth.mfa.adapter import get_adapter
assert get_adapter().decrypt(Authenticator.objects.get().data["secret"]).startswith("JBSW")
client = Client(headers={{"host": "127.0.0.1"}})
page = client.post("/tai-khoan/login/", {{"login": "chu-tich-phuong", "password": demo.PASSWORD}})
assert page.status_code == 302, page.content.decode()
actions.create_person(username="moi", shown_as="Mới", by=None, why="x")
from concurrent.futures import ThreadPoolExecutor
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import RequestFactory
from kieng.web.accounts import tries
from kieng.web.accounts.second_factors import _first_use
def guess(number):
    try:
        used = _first_use("a secret", 5)
        tries.begin(RequestFactory().post("/", REMOTE_ADDR="203.0.113.9"), f"moi-{{number % 2}}")
        return 1, used
    except ValidationError:
        return 0, used
    finally:
        connections.close_all()
with ThreadPoolExecutor(8) as pool:
    told = list(pool.map(guess, range(48)))
assert [sum(each) for each in zip(*told)] == [10, 1], told
call_command("verify_trail")
for statement in ("UPDATE audit_event SET hash = 'x'", "DELETE FROM audit_event"):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        print("DONE", statement)
    except DatabaseError:
        pass
"""


def python(code: str, root: Path, url: str | None) -> str:
    environment = os.environ | {
        "KIENG_WORKSPACE": str(root),
        "KIENG_WEB_SECRET": SECRET,
        "KIENG_WEB_DEMO": "1",
    }
    environment.pop("KIENG_DATABASE", None)
    if url:
        environment["KIENG_DATABASE"] = url
    run = (sys.executable, "-c", code)
    done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow  # processes of their own: Django's database is chosen once for each
def test_people_of_a_server_are_backed_up_lost_and_there_again(tmp_path, monkeypatch):
    monkeypatch.setenv("KIENG_WEB_SECRET", SECRET)
    root = write_workspace(tmp_path / "w")
    first, second = (postgres.fresh_database(tmp_path / name) for name in ("first", "second"))
    monkeypatch.setenv("KIENG_DATABASE", first)
    load_files(root, files_csv(tmp_path / "one.csv", ROWS))
    ok(root, "backup", tmp_path / "without")  # before anybody opened the pages there is nobody to keep
    python(_MAKES, root, first)
    before = python(_TOLD, root, first)
    ok(root, "backup", tmp_path / "backups")
    (folder,) = [p for p in (tmp_path / "backups").iterdir() if p.name != "segments"]
    shutil.rmtree(root)
    # Onto another server …
    monkeypatch.setenv("KIENG_DATABASE", second)
    assert run(None, "restore", folder, tmp_path / "server").exit_code == 0
    assert not (tmp_path / "server" / ".kieng" / "web.db").exists()
    assert python(_TOLD, tmp_path / "server", second) == before
    assert "DONE" not in python(_LIVES, tmp_path / "server", second)
    # … not over people who are there …
    told = run(None, "restore", folder, tmp_path / "again")
    assert told.exit_code != 0
    assert "there" in told.stderr
    # … and into a file.
    monkeypatch.delenv("KIENG_DATABASE")
    assert run(None, "restore", folder, tmp_path / "file").exit_code == 0
    assert python(_TOLD, tmp_path / "file", None) == before
    assert "DONE" not in python(_LIVES, tmp_path / "file", None)

"""People of the release before come along: accounts, posts, second factors, keys and the trail, as they were.

``older/people-N.sql`` is the pages' database (SQLite) as Kiềng left it, with the secret :data:`SECRET`. What
`kieng serve` does at its start is done here; then everybody is still who they were.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

OLDER = Path(__file__).parent / "older"
RELEASES = sorted(path.stem for path in OLDER.glob("people-*.sql"))
SECRET = "of the drill " * 6
TOTP = "JBSWY3DPEHPK3PXP"
_LOOK = """
import json, django
django.setup()
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from kieng.web.accounts.models import User
from kieng.web.accounts.reads import has_second_factor, person
from kieng.web.api.models import ApiKey
from kieng.web.audit.reads import verify
told = {user.username: [user.shown_as, user.is_active, sorted(person(user).roles), has_second_factor(user)]
        for user in User.objects.all()}
admin = User.objects.get(username="quan-tri")
code = format_hotp_value(hotp_value("%s", next(yield_hotp_counters_from_time())))
second = Authenticator.objects.get(user=admin, type=Authenticator.Type.TOTP).wrap().validate_code(code)
sound = verify()
print(json.dumps([told, admin.check_password("mot mat khau dai"), second, ApiKey.objects.count(),
                  sound.events, sound.head, [str(one) for one in sound.faults]]))
"""


def done(root: Path, *words: str) -> str:
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("KIENG_", "DJANGO_"))}
    environ |= {
        "KIENG_WORKSPACE": str(root),
        "KIENG_WEB_SECRET": SECRET,
        "DJANGO_SETTINGS_MODULE": "kieng.web.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    ran = subprocess.run([sys.executable, *words], env=environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def older(root: Path, release: str) -> dict[str, Any]:
    """The database of then, and what stood in it of the trail."""
    (root / ".kieng").mkdir(parents=True)
    with closing(sqlite3.connect(root / ".kieng" / "web.db")) as connection:
        connection.executescript((OLDER / f"{release}.sql").read_text("utf-8"))
        row = connection.execute("SELECT number, hash FROM audit_event ORDER BY number DESC").fetchone()
    return {"events": row[0], "head": row[1]}


@pytest.mark.slow  # Django is started twice
@pytest.mark.parametrize("release", RELEASES)
def test_everybody_is_still_who_they_were(release, tmp_path):
    root = tmp_path / "w"
    before = older(root, release)
    done(root, "-m", "django", "migrate", "--no-input", "-v", "0")
    told, password, second, keys, events, head, faults = json.loads(done(root, "-c", _LOOK % TOTP))
    assert told == {
        "quan-tri": ["Quản trị", True, ["admin"], True],
        "chu-tich": ["Chủ tịch xã Một", True, ["head"], False],
        "da-nghi": ["Đã nghỉ", False, [], False],
    }
    assert (password, second, keys) == (True, True, 1)
    assert (events, head, faults) == (before["events"], before["head"], [])


def test_there_are_people_of_a_release_before():
    assert RELEASES

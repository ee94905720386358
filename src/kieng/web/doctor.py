"""What `kieng doctor` asks of the pages, in a process of its own: ``python -m kieng.web.doctor``.

Prints one JSON list of what each check found. Nothing is made or changed, not even a missing database.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from kieng.web.counting import totals
from kieng.workspace.doctor.checks import Check, Examined, Patient, Result, bad, examine, fine, warn
from kieng.workspace.doctor.everything import OF_PAGES
from kieng.workspace.operations import Work, operations

if TYPE_CHECKING:
    from kieng.web.accounts.models import User

_HERE = frozenset({"127.0.0.1", "localhost", "::1", "[::1]", "testserver"})
#: Networks at least so wide are no list of proxies: bits that are fixed, by version.
_WIDE = {4: 8, 6: 32}
_FELL = 900.0


def pages(_: Patient) -> Iterator[Result]:
    """Whether the settings can be read at all; whatever else is asked rests on it."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except (ImproperlyConfigured, KeyError, ValueError, ImportError) as error:
        yield bad("pages-refused", why=str(error) or type(error).__name__)
        return
    yield fine("pages-fine", version=metadata.version("django"))


def hosts(_: Patient) -> Iterator[Result]:
    from django.conf import settings

    names = [name for name in settings.ALLOWED_HOSTS if name]
    if "*" in names:
        yield bad("hosts-all")
    elif settings.HTTPS and not _elsewhere(names):
        yield bad("hosts-local")
    else:
        yield fine("hosts-fine", names=", ".join(names))


def _elsewhere(names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in _HERE]


def https(_: Patient) -> Iterator[Result]:
    from django.conf import settings

    names = _elsewhere(settings.ALLOWED_HOSTS)
    if settings.HTTPS and settings.DEMO:
        yield warn("https-demo")
    elif settings.HTTPS:
        yield fine("https-fine")
    elif names:
        yield bad("https-off", names=", ".join(names))
    else:
        yield fine("https-local")


def proxies(_: Patient) -> Iterator[Result]:
    from django.conf import settings

    wide = [one for one in settings.PROXIES if _is_wide(one)]
    if wide:
        yield bad("proxies-all", names=", ".join(wide))
    elif settings.PROXIES:
        yield fine("proxies-fine", names=", ".join(settings.PROXIES))
    else:
        yield fine("proxies-none")


def _is_wide(text: str) -> bool:
    network = ipaddress.ip_network(text, strict=False)
    return network.prefixlen < _WIDE[network.version]


def tables(_: Patient) -> Iterator[Result]:
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    if not _there():
        yield fine("tables-none")
        return
    try:
        planned = MigrationExecutor(connection)
        steps = planned.migration_plan(planned.loader.graph.leaf_nodes())
    except DatabaseError as error:
        yield bad("tables-away", why=str(error).strip())
        return
    yield warn("tables-behind", count=len(steps)) if steps else fine("tables-fine")


def _there() -> bool:
    """Whether there are tables to be asked; asking for a file that is not there would make it."""
    from django.conf import settings

    kept = settings.DATABASES["default"]
    return "sqlite3" not in kept["ENGINE"] or Path(kept["NAME"]).is_file()


def administrators(_: Patient) -> Iterator[Result]:
    from django.conf import settings

    if not _there():
        yield warn("administrators-none")
        return
    if not settings.DEMO and (left := _of_the_demonstration()):
        yield bad("administrators-demo", count=left)
    count = len(_administrators())
    yield fine("administrators-fine", count=count) if count else warn("administrators-none")


def _administrators() -> list[User]:
    """Who may administer today."""
    from kieng.web.accounts.models import Role
    from kieng.web.accounts.reads import people, person

    active = people().filter(is_active=True, posts__role=Role.ADMIN).distinct()
    return [user for user in active if person(user).administers]


def _of_the_demonstration() -> int:
    from kieng.web.accounts.demo import PASSWORD, PEOPLE
    from kieng.web.accounts.models import User

    named = User.objects.filter(username__in=[one.username for one in PEOPLE], is_active=True)
    return sum(user.check_password(PASSWORD) for user in named)


def second_factor(_: Patient) -> Iterator[Result]:
    from django.conf import settings

    from kieng.web.accounts.reads import has_second_factor

    lacking = sum(not has_second_factor(user) for user in _administrators()) if _there() else 0
    if settings.SECOND_FACTOR and lacking:
        yield warn("second-lacking", count=lacking)
    elif settings.SECOND_FACTOR or settings.DEMO or not lacking:
        yield fine("second-fine")
    else:
        yield warn("second-off", count=lacking)


def trail(_: Patient) -> Iterator[Result]:
    from kieng.web.audit.reads import verify

    if not _there():
        yield fine("trail-fine", count=0)
        return
    sound = verify()
    if sound.faults:
        first = sound.faults[0]
        yield bad("trail-broken", why_vi=first.vi, why_en=first.en)
    else:
        yield fine("trail-fine", count=sound.events)


def workers(patient: Patient) -> Iterator[Result]:
    fell = operations(patient.folder).get(Work.WORKERS)
    if fell is not None and fell.ended is not None and patient.now.timestamp() - fell.ended < _FELL:
        yield bad("workers-fell")
    count = len(totals(patient.folder).workers)
    yield fine("workers-fine", count=count) if count else warn("workers-none")


CHECKS: Mapping[str, Check] = {
    "pages": pages,
    "hosts": hosts,
    "https": https,
    "proxies": proxies,
    "tables": tables,
    "administrators": administrators,
    "second_factor": second_factor,
    "trail": trail,
    "workers": workers,
}


def examined(patient: Patient) -> Iterator[Examined]:
    """Every check; none of the others where the settings cannot be read."""
    for name in OF_PAGES:
        found = examine(name, _letting_go(CHECKS[name]), patient)
        yield found
        if name == "pages" and any(one.level for one in found.results):
            return


def _letting_go(check: Check) -> Check:
    """The check, with the database it opened in its thread closed."""

    def letting_go(patient: Patient) -> Iterator[Result]:
        yield from check(patient)
        from django.conf import settings

        if settings.configured:
            from django.db import connections

            connections.close_all()

    return letting_go


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser("kieng.web.doctor")
    parser.add_argument("--workspace", type=Path, required=True)
    root: Path = parser.parse_args().workspace
    _environment(root)
    found = [
        {"check": one.check, "hangs": one.hangs, "results": [vars(result) for result in one.results]}
        for one in examined(Patient(root, datetime.now(UTC)))
    ]
    sys.stdout.write(json.dumps(found, default=str))
    sys.stdout.flush()
    if any(one["hangs"] for one in found):
        os._exit(0)  # what hangs would be waited for


def _environment(root: Path) -> None:
    """As `kieng serve` has it, but nothing is made: without a secret one that is of no worth."""
    secret = root / ".kieng" / "web-secret"
    os.environ["KIENG_WORKSPACE"] = str(root.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "kieng.web.settings"
    os.environ.setdefault("KIENG_WEB_HOSTS", "127.0.0.1,localhost")
    os.environ.setdefault(
        "KIENG_WEB_SECRET", secret.read_text() if os.access(secret, os.R_OK) else "none " * 20
    )
    if os.access(root / ".kieng" / "demo", os.F_OK):
        os.environ.setdefault("KIENG_WEB_DEMO", "1")


if __name__ == "__main__":
    main()

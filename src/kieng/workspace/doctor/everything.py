"""Every check of the engine, in the order of what rests on what. Those of the pages are asked of the pages
(:mod:`kieng.web.doctor`), for the engine stands without them."""

from __future__ import annotations

from collections.abc import Mapping

from kieng.workspace.doctor import data, machine
from kieng.workspace.doctor.checks import Check

CHECKS: Mapping[str, Check] = {
    "python": machine.python,
    "packages": machine.packages,
    "disk": machine.disk,
    "owner": machine.owner,
    "rights": machine.rights,
    "keys": machine.keys,
    "text": data.text,
    "database": data.database,
    "server": data.server,
    "clock": data.clock,
    "measured": data.measured,
    "verified": data.verified,
    "backed_up": data.backed_up,
}
#: Of the pages; :data:`kieng.web.doctor.CHECKS` has the same.
OF_PAGES = (
    "pages",
    "hosts",
    "https",
    "proxies",
    "tables",
    "administrators",
    "second_factor",
    "trail",
    "workers",
)

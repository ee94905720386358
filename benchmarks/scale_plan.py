"""The synthetic plan of the scale benchmark: fifty indicators over six record types, and where they count.

The tree, its reorganisations (communes of 2024-12 and 2025-07, districts that end, provinces that merge) and
the calendar are the example's; the indicators are made up and stand for no plan.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from kieng.examples.generate.everything import WORKSPACE
from kieng.plan.definitions import Definitions

MONTHS = [f"{year}-{month:02}" for year in range(2021, 2026) for month in range(1, 13)]
HOME = ("binh-dinh", "gia-lai")

_HEAD = """id: {id}
name: {{vi: "Đo thử (giả lập) {id}", en: "Scale benchmark (synthetic) {id}"}}
pillar: government
unit: "{unit}"
better: higher
watch: [province, {{level: district, until: 2025-07-01}}, commune]
lead: gl-so-khcn
record: {record}
period: {period}
value: {value}
reporters: [commune]
source: {{document: "Benchmark, synthetic", confidence: D}}
{more}"""
_RECEIVED = "month and year, by received_at"
_FINISHED = "month and year, by finished_at"
_OPEN = "month and year, open from received_at to finished_at"
_CASES = [
    (_RECEIVED, "count(*)", "channel"),
    (_RECEIVED, "count(where applicant_kind = 'individual')", "service_level"),
    (_RECEIVED, "count(where channel = 'online') / count(*)", ""),
    (_RECEIVED, "count(where channel = 'post') / count(*)", ""),
    (_RECEIVED, "count(where channel = 'direct') / count(*)", "applicant_kind"),
    (_RECEIVED, "count(where channel = 'online' and service_level = 'full') / count(*)", ""),
    (_RECEIVED, "count(where service_level = 'partial') / count(where channel = 'online')", ""),
    (_RECEIVED, "count(where paid_online and fee_due > 0) / count(where fee_due > 0)", ""),
    (_RECEIVED, "count(where fee_due = 0) / count(*)", ""),
    (_RECEIVED, "count(where e_result and needs_paper_result) / count(where needs_paper_result)", ""),
    (_RECEIVED, "count(where e_result) / count(*)", ""),
    (_RECEIVED, "count(where input_digitised) / count(*)", ""),
    (_RECEIVED, "count(where reused) / count(*)", ""),
    (_RECEIVED, "count(where reused and channel = 'online') / count(where channel = 'online')", ""),
    (_RECEIVED, "count(where population_data) / count(*)", ""),
    (_RECEIVED, "count(where satisfied) / count(where satisfied is not null)", ""),
    (_RECEIVED, "sum(fee_due)", ""),
    (_RECEIVED, "sum(fee_due where paid_online)", ""),
    (_RECEIVED, "max(fee_due)", ""),
    (_RECEIVED, "count(distinct procedure)", ""),
    (_FINISHED, "count(*)", ""),
    (_FINISHED, "median(working_days(received_at, finished_at))", ""),
    (_FINISHED, "percentile(days(received_at, finished_at), 0.9)", ""),
    (_FINISHED, "mean(working_days(received_at, finished_at))", ""),
    (_FINISHED, "count(where finished_at <= due_at) / count(where due_at is not null)", "channel"),
    (_FINISHED, "count(where satisfied) / count(where satisfied is not null)", ""),
    (_OPEN, "count(where on_time('qd766')) / count(where due_at is not null)", ""),
    (_OPEN, "count(where on_time('nd61')) / count(where due_at is not null)", ""),
    (_OPEN, "count(where not on_time('qd766'))", ""),
    ("month, open from received_at to finished_at", "count(*)", ""),
]
_FEEDBACK = [
    ("month and year, by received_at", "count(*)", "kind"),
    ("month and year, by answered_at", "count(where satisfied) / count(where satisfied is not null)", ""),
    ("month and year, by answered_at", "median(days(received_at, answered_at))", ""),
    (
        "month and year, open from received_at to answered_at",
        "count(where on_time('qd766')) / count(where due_at is not null)",
        "",
    ),
    ("month and year, open from received_at to answered_at", "count(*)", ""),
]
_WORK_FILES = [
    (
        "month and year, by closed_on",
        "count(where all_steps_online and not secret) / count(where not secret)",
        "",
    ),
    ("month and year, by closed_on", "count(where signed_digitally) / count(*)", ""),
    ("month and year, by closed_on", "sum(documents)", ""),
    ("month and year, by opened_on", "count(*)", ""),
    ("month and year, by opened_on", "count(where secret)", ""),
]
_OUTAGES = [
    ("month and year, by started_at", "count(*)", "operator"),
    ("month and year, by started_at", "sum(affected)", ""),
    ("month and year, by started_at", "count(distinct site)", ""),
    ("month and year, by started_at", "max(affected)", ""),
]
_SITES = [
    ("quarter and year, in force from in_service_on to out_of_service_on", "count(*)", "operator"),
    (
        "quarter and year, in force from in_service_on to out_of_service_on",
        "count(where technology = '5g')",
        "",
    ),
    (
        "quarter and year, in force from in_service_on to out_of_service_on",
        "count(where technology = '5g') / count(*)",
        "",
    ),
]
_REPORTS = [
    (
        "month and year, by period_end",
        "latest(numerator where figure = '{f}') / latest(denominator where figure = '{f}')",
        "",
    ),
    ("month and year, by period_end", "latest(amount where figure = '{f}')", ""),
    ("quarter and year, by period_end", "latest(denominator where figure = '{f}')", ""),
]
#: Records of each type for a hundred cases.
SHARES = {"case": 100, "feedback": 5, "work_file": 20, "outage": 1, "site": 0.2, "report": 1}
RULES = {
    "case": _CASES,
    "feedback": _FEEDBACK,
    "work_file": _WORK_FILES,
    "outage": _OUTAGES,
    "site": _SITES,
    "report": _REPORTS,
}


def write_workspace(folder: Path) -> None:
    """The example's workspace with these indicators in the place of its own, and without its plans."""
    if (folder / "kieng.yaml").exists():
        return
    leave = shutil.ignore_patterns("__pycache__", "*.py", "indicators", "plans", "data", "not_applicable.csv")
    shutil.copytree(WORKSPACE, folder, dirs_exist_ok=True, ignore=leave)
    (folder / "indicators").mkdir()
    for record, rules in RULES.items():
        for number, (period, value, by) in enumerate(rules):
            name = f"scale-{record.replace('_', '-')}-{number:02}"
            (folder / "indicators" / f"{name}.yaml").write_text(
                _indicator(name, record, period, value, by), "utf-8"
            )


def _indicator(name: str, record: str, period: str, value: str, by: str) -> str:
    more = f"breakdowns: [{by}]\n" if by else ""
    if "latest" in value:
        more += "recast_by: households\n"
        more += "roll_up: sums\n" if "/" in value else ""
        value = value.format(f="scale")
    unit = "percent" if "/" in value else "1"
    return _HEAD.format(id=name, unit=unit, record=record, period=period, value=value, more=more)


def communes(definitions: Definitions, month: str) -> list[str]:
    """The communes that stand in the middle of a month: 159 of Bình Định, then 135 of the new Gia Lai."""
    year, number = map(int, month.split("-"))
    day = datetime(year, number, 15, tzinfo=UTC).date()
    parents = definitions.tree.on(day).parent_of

    def root(agency: str) -> str:
        while parents[agency] is not None:
            agency = parents[agency]
        return agency

    inner = set(parents.values())
    levels = {a: definitions.tree.agencies[a].levels[0].value for a in parents}
    return sorted(
        a
        for a in parents
        if a not in inner and levels[a] == "commune" and root(a).startswith(HOME) and root(a) != "gia-lai-cu"
    )

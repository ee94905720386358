"""``explain``, ``recompute``: why a number is what it is, and the same number made elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click
from rich.table import Table

from kieng.cli.moments import MOMENT, PERIOD
from kieng.cli.screen import out, say
from kieng.cli.tables import (
    beside,
    coverage_text,
    fraction_text,
    heading,
    origin_text,
    speak,
    value_text,
)
from kieng.judgement.leads import lead_said, leads_on
from kieng.judgement.phrases import ORIGIN_WORDS, figure
from kieng.judgement.reasons import reason_text
from kieng.measurement.request import WEIGHT_UNIT
from kieng.plan.period import Period
from kieng.trace.bundle import Recomputed
from kieng.trace.bundle import recompute as recomputed
from kieng.trace.trace import Trace, Verdict
from kieng.words import Name
from kieng.workspace.explanation import Explanation, pack
from kieng.workspace.explanation import explain as explained
from kieng.workspace.folder import Workspace, definitions_of

MOST_LINES = 20


@click.command()
@click.argument("indicator")
@click.option("--agency", required=True, help="Mã hoặc id đơn vị / an agency's id or code.")
@click.option("--period", type=PERIOD, required=True, help="Kỳ / period: 2025, 2025-H2, 2025-Q3, 2025-07.")
@click.option(
    "--map",
    "map_",
    default="as-was",
    show_default=True,
    help="Bản đồ / map: as-was, today, 2025-07-01, lineage.",
)
@click.option("--as-of", type=MOMENT, help="Như đã biết lúc đó / as known then.")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Ghi gói để tính lại ở máy khác / write a bundle to recompute elsewhere.",
)
@click.pass_obj
def explain(
    workspace: Path,
    indicator: str,
    agency: str,
    period: Period,
    map_: str,
    as_of: datetime | None,
    bundle: Path | None,
) -> None:
    """Giải trình một con số đến từng bản ghi. / Explain one figure down to its records."""
    found = explained(Workspace(workspace), indicator, agency, period, map_, as_of)
    print_trace(found)
    if bundle is not None:
        pack(found, bundle)
        say(
            f"Gói tính lại: {bundle}. Ở máy khác: `kieng recompute {bundle}`.",
            f"Bundle: {bundle}. On another machine: `kieng recompute {bundle}`.",
        )


def print_trace(found: Explanation) -> None:
    trace = found.trace
    print_figure(trace)
    print_merger(found)
    print_rule(found)
    print_contributions(trace)
    print_batches(trace)
    print_records(trace)
    print_people(trace)


def section(vi: str, en: str) -> None:
    out.print(f"\n{beside(Name(vi, en))}", style="bold")


def print_figure(trace: Trace) -> None:
    one, agency = trace.measurement, trace.question.agency
    name = trace.definitions.tree.name(agency, trace.tree_day)
    out.print(f"{speak(trace.indicator.name)} · {speak(name)} · {one.period}", style="bold")
    out.print(f"= {value_text(one, trace.indicator, trace.definitions)}  {fraction_text(one)}", style="bold")
    if one.reason:
        why = reason_text(one.reason)
        say(why.vi, why.en, out)
    out.print(beside(Name("Độ phủ", "Coverage")), coverage_text(one), end="  ")
    out.print(beside(Name("Nguồn gốc", "Origin")), origin_text(one))
    moment = one.as_of.isoformat()
    say(f"Cách đọc: {one.reading}; tính đến {moment}", f"Reading: {one.reading}; as of {moment}", out)


def print_merger(found: Explanation) -> None:
    """How DTI would figure a merged province, never as our figure."""
    merger = found.merger
    if merger is None:
        return
    section("Sáp nhập tỉnh: so với cách tính của DTI", "Province merger: beside how DTI does it")
    indicator, on = found.trace.indicator, merger.event.day - timedelta(days=1)
    known = found.trace.definitions
    out.print(f"{value_text(found.trace.measurement, indicator, known)}  {beside(_OURS)}")
    for part in merger.parts:
        name = known.tree.name(part.agency, on)
        out.print(f"    {speak(name)}: {value_text(part, indicator, known)}  {fraction_text(part)}")
    if merger.comparison.plain_mean is None:
        out.print(beside(merger.comparison.note))
    else:
        out.print(f"{speak(figure(merger.comparison.plain_mean, indicator))}  {beside(_THEIRS)}")


_OURS = Name("Kiềng: tổng tử số trên tổng mẫu số", "Kiềng: sum over sum")
_THEIRS = Name(
    "cách tính của DTI: trung bình cộng các tỉnh cũ; không phải số của Kiềng",
    "how DTI does it: the plain mean of the former provinces; not Kiềng's figure",
)


def print_rule(found: Explanation) -> None:
    trace = found.trace
    rule, source = trace.rule, trace.rule.source or trace.indicator.source
    section("Quy tắc", "Rule")
    out.print(f"{rule.record}: {rule.formula.text}")
    counting = rule.counting
    grains = ", ".join(counting.grains)
    out.print(f"{grains}; {counting.membership} {counting.start} {counting.end or ''}; {rule.place}")
    if source:
        out.print(f"{source.document} {source.date or ''} {source.clause or ''}")
    later = f" ({beside(Name('lưu sau thời điểm này', 'kept later'))})" if found.text_kept_later else ""
    out.print(f"{beside(Name('Văn bản', 'Text'))} sha256:{trace.fingerprint}{later}")


def print_contributions(trace: Trace) -> None:
    section("Bản đồ và các đơn vị đóng góp", "Map and contributing agencies")
    out.print(f"{beside(Name('Cây đơn vị ngày', 'Tree of'))} {trace.tree_day}")
    for event in trace.events:
        out.print(f"{event.day} {speak(event.name)} · {event.basis.document}")
    table = Table("id", heading("Đơn vị", "Agency"), heading("Bản ghi", "Records"), "×", box=None)
    for one in sorted(trace.contributions, key=lambda c: -c.used)[:MOST_LINES]:
        weight = "1" if one.weight == WEIGHT_UNIT else f"{one.weight / WEIGHT_UNIT:.6f}"
        name = trace.definitions.tree.name(one.agency, trace.tree_day)
        table.add_row(one.agency, speak(name), str(one.used), weight)
    out.print(table)
    _more(len(trace.contributions) - MOST_LINES)
    for words, agencies in trace.reporters.by_kind:
        names = ", ".join(agencies[:MOST_LINES])
        out.print(f"{beside(words)} ({len(agencies)}): {names}")


def print_batches(trace: Trace) -> None:
    section("Các đợt nạp số liệu", "Batches")
    table = Table("#", *(heading(n.vi, n.en) for n in _BATCH_COLUMNS), box=None)
    for batch, used in trace.batches[:MOST_LINES]:
        table.add_row(
            str(batch.sequence),
            batch.recorded_at.isoformat(timespec="seconds"),
            speak(ORIGIN_WORDS[batch.origin]),
            batch.by,
            batch.file or "",
            f"{batch.mapping}@{batch.mapping_hash[:8]}",
            str(used),
            batch.hash[:12],
        )
        if batch.citation:
            table.add_row("", batch.citation)
    out.print(table)
    _more(len(trace.batches) - MOST_LINES)


_BATCH_COLUMNS = (
    Name("Biết lúc", "Recorded"),
    Name("Nguồn gốc", "Origin"),
    Name("Ai nạp", "By"),
    Name("Tệp", "File"),
    Name("Ánh xạ", "Mapping"),
    Name("Dùng", "Used"),
    Name("Mã băm", "Hash"),
)


def print_records(trace: Trace) -> None:
    section("Bản ghi: tính và không tính, vì sao", "Records in and out, and why")
    for verdict in Verdict:
        if count := trace.verdicts.get(verdict, 0):
            out.print(f"{count:>8}  {beside(verdict.words)}")
    used = [one for one in trace.records if one.verdict is Verdict.USED]
    for one in used[:5]:
        out.print(f"          {one.key} (#{one.batch}:{one.row}) {one.agency}")
    _more(len(used) - 5)


def print_people(trace: Trace) -> None:
    section("Người đứng đầu", "Head")
    if trace.head_then:
        out.print(f"{beside(Name('Trong kỳ', 'Then'))}: {speak(trace.head_then.title)}")
    if trace.head_today:
        agency, post = trace.head_today
        out.print(f"{beside(Name('Hôm nay', 'Today'))}: {speak(post.title)} ({agency})")
    tree = trace.definitions.tree
    for one in leads_on(trace.definitions, trace.indicator.leads, trace.tree_day):
        name = lead_said(tree.name(one.agency, trace.tree_day), one)
        out.print(f"{beside(Name('Chủ trì', 'Lead'))}: {speak(name)} ({one.agency})")


def _more(count: int) -> None:
    if count > 0:
        out.print(f"          {beside(Name(f'… và {count} nữa', f'… and {count} more'))}")


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
def recompute(bundle: Path) -> None:
    """Tính lại con số trong gói, không cần thư mục làm việc. / Make a bundle's figure anew, offline."""
    found = recomputed(bundle, definitions_of)
    print_recomputed(found)
    if not found.same:
        click.get_current_context().exit(1)


def print_recomputed(found: Recomputed) -> None:
    question = found.question
    out.print(f"{question.indicator} · {question.agency} · {question.period} · {question.reading}")
    for key in found.told:
        mark = "=" if found.told[key] == found.made.get(key) else "≠"
        out.print(f"  {key}: {found.told[key]} {mark} {found.made.get(key)}")
    if found.same:
        say("Giống hệt.", "The same.")
    else:
        say("KHÁC với con số trong gói.", "NOT the figure that the bundle tells.")

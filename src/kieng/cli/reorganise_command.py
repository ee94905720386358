"""``reorganise``: what a reorganisation would move, shown before it is applied; applied, or taken back."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import click
from rich import box
from rich.table import Table
from rich.text import Text

from kieng.cli.screen import out, say
from kieng.cli.tables import heading, speak
from kieng.judgement.phrases import ORIGIN_WORDS
from kieng.judgement.phrases import day as day_text
from kieng.judgement.target_words import target_text
from kieng.plan.agency import Agency, Post
from kieng.plan.change_set import NewFact
from kieng.plan.dated import on_day
from kieng.plan.reorganisation import Move
from kieng.records.plain_text import refuse_odd
from kieng.words import Name
from kieng.workspace.folder import Workspace
from kieng.workspace.open_records import waiting
from kieng.workspace.reorganisation_effects import (
    TargetChange,
    heads,
    leads,
    obstacles,
    targets,
    tasks,
)
from kieng.workspace.reorganise import Proposal, apply, propose
from kieng.workspace.reorganise import undo as take_back

_MOST_NAMES = 8


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--apply", "apply_it", is_flag=True, help="Ghi vào văn bản / write the text.")
@click.option("--undo", metavar="ID", help="Hoàn tác lần sắp xếp này / take this reorganisation back.")
@click.option(
    "--by", default=None, help="Ai làm (mặc định: người dùng máy) / who does it (default: the system's user)."
)
@click.pass_obj
def reorganise(workspace: Path, file: Path | None, apply_it: bool, undo: str | None, by: str | None) -> None:
    """Xem trước, áp dụng hoặc hoàn tác một lần sắp xếp đơn vị. / Preview, apply or undo a reorganisation.

    Không có --apply thì không ghi gì; bản ghi không bao giờ bị sửa. / Without --apply nothing is written;
    records are never changed.
    """
    who = by or getpass.getuser()
    refuse_odd("--by", who)
    if undo is not None and file is None and not apply_it:
        show_written(take_back(workspace, undo, who))
        say(f"Đã hoàn tác {undo}. Tiếp theo: kieng measure.", f"{undo} is undone. Next: kieng measure.")
    elif file is not None and undo is None:
        opened = Workspace(workspace)
        proposal = propose(opened, file)
        show_proposal(opened, proposal)
        if apply_it:
            _apply(opened, proposal, who)
        else:
            say(
                "Mới xem trước, chưa ghi gì. Áp dụng: thêm --apply.",
                "A preview: nothing was written. To apply it, add --apply.",
            )
    else:
        raise click.UsageError("FILE [--apply], hoặc / or --undo ID.")


def _apply(workspace: Workspace, proposal: Proposal, by: str) -> None:
    show_written(apply(workspace, proposal, by))
    id_ = proposal.change.id
    say(
        f"Đã áp dụng {id_}. Tiếp theo: kieng measure. Hoàn tác: kieng reorganise --undo {id_}.",
        f"{id_} is applied. Next: kieng measure. To take it back: kieng reorganise --undo {id_}.",
    )


def show_written(paths: Sequence[str]) -> None:
    for path in paths:
        say(f"Đã ghi {path}", f"Written {path}")


# --- the preview ------------------------------------------------------------------------------


def show_proposal(workspace: Workspace, proposal: Proposal) -> None:
    """Everything the reorganisation moves, section by section; empty sections are left out."""
    change = proposal.change
    day = day_text(change.day)
    say(f"{change.name.vi}: từ {day.vi}", f"{change.name.en}: from {day.en}", out)
    show_agencies(proposal)
    show_moves(proposal)
    show_heads(proposal)
    show_targets(proposal)
    show_inherited(proposal)
    show_records(workspace, proposal)
    show_obstacles(proposal)
    say("Tệp sẽ được ghi:", "Files that would be written:", out)
    for path, old in proposal.old.items():
        out.print(Text(f"  {path}" + (f" ({speak(Name('mới', 'new'))})" if old is None else "")))


def show_agencies(proposal: Proposal) -> None:
    change = proposal.change
    ended = [
        (
            name_of(proposal, one),
            one,
            _level(proposal, one, proposal.eve),
            names_of(proposal, _others(proposal, one)),
        )
        for one in change.closes
    ]
    show(
        Name("Cơ quan kết thúc", "Agencies that end"),
        (Name("Cơ quan", "Agency"), Name("Mã", "Id"), Name("Cấp", "Level"), Name("Chuyển về", "Goes to")),
        ended,
    )
    opened = [
        (name_of(proposal, one.id), one.id, _level(proposal, one.id, change.day), _parent(proposal, one.id))
        for one in change.opens
    ]
    show(
        Name("Cơ quan thành lập", "Agencies that open"),
        (Name("Cơ quan", "Agency"), Name("Mã", "Id"), Name("Cấp", "Level"), Name("Trực thuộc", "Under")),
        opened,
    )
    changed = [
        (
            name_of(proposal, fact.agency),
            _FACTS[fact.fact],
            _old_fact(proposal, fact),
            _new_fact(proposal, fact),
        )
        for fact in change.changes
        if fact.fact in _FACTS
    ]
    show(
        Name("Cơ quan thay đổi", "Agencies that change"),
        (Name("Cơ quan", "Agency"), Name("Điều gì", "What"), Name("Cũ", "Old"), Name("Mới", "New")),
        changed,
    )


_FACTS = {
    "name": Name("tên", "name"),
    "level": Name("cấp", "level"),
    "parent": Name("cơ quan cấp trên", "parent"),
    "code": Name("mã số", "code"),
}


def _old_fact(proposal: Proposal, fact: NewFact) -> str | Name:
    agency = proposal.before.tree.agencies[fact.agency]
    if fact.fact == "name":
        return proposal.before.tree.name(fact.agency, proposal.eve)
    facts = {"level": agency.levels, "parent": agency.parents, "code": agency.codes}[fact.fact]
    old = on_day(facts, proposal.eve)
    return _shown(proposal, fact.fact, old) if old else "-"


def _new_fact(proposal: Proposal, fact: NewFact) -> str | Name:
    return Name(*fact.values) if fact.fact == "name" else _shown(proposal, fact.fact, fact.values[0])


def _shown(proposal: Proposal, fact: str, value: str) -> str | Name:
    if fact == "level":
        return proposal.after.tree.levels[value].name
    return name_of(proposal, value) if fact == "parent" else value


def _others(proposal: Proposal, agency: str) -> list[str]:
    return [one for one in proposal.heirs(agency) if one != agency]


def _level(proposal: Proposal, agency: str, day: date) -> Name:
    tree = proposal.after.tree
    return tree.levels[tree.on(day).level_of[agency]].name


def _parent(proposal: Proposal, agency: str) -> str:
    parent = proposal.after.tree.on(proposal.day).parent_of[agency]
    return name_of(proposal, parent) if parent else "-"


def show_moves(proposal: Proposal) -> None:
    split = [move for move in proposal.event.moves if not move.whole]
    show(
        Name("Chia theo tỷ lệ", "Shared out by weight"),
        (Name("Từ", "From"), Name("Đến", "To"), Name("Tỷ lệ", "Shares"), Name("Nguồn", "Source")),
        [
            (name_of(proposal, m.source), name_of(proposal, m.target), shares_text(m), _source(m))
            for m in split
        ],
    )


def shares_text(move: Move) -> str:
    return ", ".join(f"{basis} {share}" for basis, share in sorted(move.shares.items()))


def _source(move: Move) -> str | Name:
    return move.shares_source or Name("không nêu", "not named")


def show_heads(proposal: Proposal) -> None:
    show(
        Name("Người đứng đầu", "Heads"),
        (Name("Cơ quan", "Agency"), Name("Thôi", "Post that ends"), Name("Bắt đầu", "Post that begins")),
        [
            (
                name_of(proposal, one.agency),
                _post(one.ends),
                _begins(one.begins, proposal.after.tree.agencies[one.agency], proposal),
            )
            for one in heads(proposal)
        ],
    )


def _post(post: Post | None) -> str | Name:
    return post.title if post else "-"


def _begins(post: Post | None, agency: Agency, proposal: Proposal) -> str | Name:
    if post is None and agency.exists_on(proposal.day):
        return Name("chưa rõ ai đứng đầu", "no head is named")
    return _post(post)


def show_targets(proposal: Proposal) -> None:
    show(
        Name("Chỉ tiêu được giao", "Targets"),
        (
            Name("Chỉ tiêu", "Target"),
            Name("Cần đạt", "Aim"),
            Name("Hạn", "By"),
            Name("Cơ quan thôi chịu trách nhiệm", "No longer answered for by"),
            Name("Từ ngày ấy", "From that day"),
        ),
        [_target_cells(proposal, one) for one in targets(proposal)],
    )


def _target_cells(proposal: Proposal, one: TargetChange) -> tuple[str | Name, ...]:
    indicator = proposal.after.indicators[one.target.indicator]
    aim, by = target_text(one.target, indicator), day_text(one.target.by)
    return indicator.name, aim, by, names_of(proposal, one.agencies), _then(proposal, one)


def _then(proposal: Proposal, one: TargetChange) -> str | Name:
    if one.closes:
        because = one.target.because or ""
        return Name(f"kết thúc: {because}", f"closes: {because}")
    if not one.heirs:
        return Name("KHÔNG AI tiếp nhận", "NOBODY takes it over")
    return names_of(proposal, one.heirs)


def show_inherited(proposal: Proposal) -> None:
    left_by, heirs = Name("Của", "Of"), Name("Về", "Goes to")
    show(
        Name("Nhiệm vụ", "Tasks"),
        (Name("Nhiệm vụ", "Task"), Name("Hạn", "By"), left_by, heirs),
        [
            (
                one.task.work,
                day_text(one.task.by),
                name_of(proposal, one.agency),
                names_of(proposal, one.heirs),
            )
            for one in tasks(proposal)
            if one.task
        ],
    )
    show(
        Name("Chỉ số mất cơ quan chủ trì", "Indicators whose lead ends"),
        (Name("Chỉ số", "Indicator"), left_by, heirs),
        [
            (one.indicator.name, name_of(proposal, one.agency), names_of(proposal, one.heirs))
            for one in leads(proposal)
            if one.indicator
        ],
    )


def show_records(workspace: Workspace, proposal: Proposal) -> None:
    """Open cases and figures not confirmed yet: they keep their agency, and count for its heirs."""
    found = waiting(workspace.ledger, proposal.before, proposal.change.closes, proposal.day)
    types = proposal.before.record_types
    show(
        Name("Bản ghi còn mở, giữ nguyên trong sổ", "Records still open, left as they are"),
        (
            Name("Cơ quan", "Agency"),
            Name("Loại bản ghi", "Record type"),
            Name("Chưa xong", "Not finished"),
            Name("Chưa chính thức", "Not confirmed"),
            Name("Nguồn gốc", "Origin"),
        ),
        [
            (
                name_of(proposal, one.agency),
                types[one.record_type].name,
                str(one.unfinished),
                str(one.unconfirmed),
                ", ".join(speak(ORIGIN_WORDS[origin]) for origin in one.origins),
            )
            for one in found
        ],
    )


def show_obstacles(proposal: Proposal) -> None:
    show(
        Name("Không quy đổi được sang địa giới mới", "Cannot be recast on the new map"),
        (Name("Chỉ số", "Indicator"), Name("Cơ quan", "Agencies"), Name("Vì", "Because")),
        [(one.indicator.name, names_of(proposal, one.agencies), one.why) for one in obstacles(proposal)],
    )


# --- words and tables -------------------------------------------------------------------------


def show(title: Name, columns: Sequence[Name], rows: Iterable[tuple[str | Name, ...]]) -> None:
    """A section with its count; nothing at all when there are no rows."""
    listed = list(rows)
    if not listed:
        return
    say(f"{title.vi}: {len(listed)}", f"{title.en}: {len(listed)}", out)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(heading(column.vi, column.en), overflow="fold")
    for row in listed:
        table.add_row(*(Text(speak(cell) if isinstance(cell, Name) else cell) for cell in row))
    out.print(table)


def name_of(proposal: Proposal, agency: str) -> str:
    """An agency's name on the day, or of its last day."""
    known = proposal.after.tree.agencies[agency]
    day = proposal.day if known.exists_on(proposal.day) else proposal.eve
    return speak(proposal.after.tree.name(agency, day))


def names_of(proposal: Proposal, agencies: Sequence[str]) -> str:
    """Names, the first few in full and the rest as a count."""
    shown = ", ".join(name_of(proposal, agency) for agency in agencies[:_MOST_NAMES])
    rest = len(agencies) - _MOST_NAMES
    return shown + (f", … +{rest}" if rest > 0 else "") if agencies else "-"

"""What can be wrong with the moves of reorganisations, taken day by day: an agency has to say once, and
completely, what it becomes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from kieng.plan.agency import AgencyTree
from kieng.plan.reorganisation import Move, Reorganisation, ReorganisationKind
from kieng.problems import Problems, near

#: Kinds in which a source may go on living. A split that lives on names itself among its targets.
LIVES_ON = {
    ReorganisationKind.PART_MOVES,
    ReorganisationKind.RENAME,
    ReorganisationKind.NEW_CODE,
    ReorganisationKind.NEW_PARENT,
}


def check_reorganisations(
    events: Sequence[Reorganisation], tree: AgencyTree, problems: Problems
) -> tuple[Reorganisation, ...]:
    """The reorganisations without moves of agencies nobody knows; all else that is wrong is named."""
    known = [replace(event, moves=_known(event.moves, tree, problems)) for event in events]
    on_day: dict[date, dict[str, list[Move]]] = {}
    for event in known:
        bases = {basis for move in event.moves for basis in move.shares}
        for source, own in _by_source(event.moves).items():
            others = on_day.setdefault(event.day, {}).setdefault(source, [])
            _check_source(own, others, bases, problems)
            _check_life(own, event, tree, problems)
            others += own
        for move in event.moves:
            _check_ends(move, event, tree, problems)
    _check_closings(tree, on_day, problems)
    return tuple(known)


def _known(moves: Iterable[Move], tree: AgencyTree, problems: Problems) -> tuple[Move, ...]:
    sound = []
    for move in moves:
        unknown = [agency for agency in (move.source, move.target) if agency not in tree.agencies]
        for agency in unknown:
            why = "No agency in agencies.csv has this id."
            problems.add(move.place, "unknown-agency", why, near(agency, tree.agencies), agency)
        if not unknown:
            sound.append(move)
    return tuple(sound)


def _check_ends(move: Move, event: Reorganisation, tree: AgencyTree, problems: Problems) -> None:
    """The source is there the day before, the target on the day."""
    before = event.day - timedelta(days=1)
    if not tree.agencies[move.source].exists_on(before):
        why = f"{move.source} does not exist on {before}, the day before the reorganisation."
        remedy = "Correct the day, or `opened` and `closed` in agencies.csv."
        problems.add(move.place, "source-not-there", why, remedy, move.source)
    if not tree.agencies[move.target].exists_on(event.day):
        why = f"{move.target} does not exist on {event.day}, the day of the reorganisation."
        remedy = "Correct the day, or `opened` and `closed` in agencies.csv."
        problems.add(move.place, "target-not-there", why, remedy, move.target)


def _by_source(moves: Iterable[Move]) -> Mapping[str, list[Move]]:
    found: dict[str, list[Move]] = defaultdict(list)
    for move in moves:
        found[move.source].append(move)
    return found


def _check_life(own: Sequence[Move], event: Reorganisation, tree: AgencyTree, problems: Problems) -> None:
    """A source ends on the day, unless the kind lets it live on and it keeps what does not move."""
    move = own[0]
    if not tree.agencies[move.source].exists_on(event.day):
        return
    if event.kind not in LIVES_ON:
        why = f"{move.source} moves away in a reorganisation of kind {event.kind}, but does not end."
        kinds = ", ".join(sorted(LIVES_ON))
        remedy = f"Give it `closed: {event.day}` in agencies.csv, or choose a kind of: {kinds}."
        problems.add(move.place, "source-lives-on", why, remedy, move.source)
    elif all(other.target != move.source for other in own):
        why = f"{move.source} lives on, but no move says what stays with it."
        remedy = f"Add a move from {move.source} to {move.source} with the share that stays."
        problems.add(move.place, "nothing-stays", why, remedy, move.source)


def _check_source(
    own: Sequence[Move], others: Sequence[Move], bases: Iterable[str], problems: Problems
) -> None:
    """One source says once what it becomes. ``own`` are its moves in one reorganisation, ``others`` those
    in other reorganisations of the same day."""
    if others:
        why = f"{own[0].source} is moved twice on one day, first at {others[0].place}."
        problems.add(own[0].place, "moved-twice", why, "Keep its moves in one reorganisation.", own[0].source)
        return
    targets = [move.target for move in own]
    for number, move in enumerate(own):
        if move.target in targets[:number]:
            why = f"{move.source} goes to {move.target} in two moves."
            problems.add(move.place, "duplicate-move", why, "Make one move of the two.", move.target)
    if len(own) > 1 and any(move.whole for move in own):
        whole = next(move for move in own if move.whole)
        why = f"{whole.source} goes as a whole to {whole.target}, and elsewhere too."
        remedy = "Give each of its moves shares that add up to 1, or keep one whole move."
        problems.add(whole.place, "whole-and-more", why, remedy, whole.source)
    elif not own[0].whole:
        _check_shares(own, bases, problems)


def _check_shares(own: Sequence[Move], bases: Iterable[str], problems: Problems) -> None:
    for move in own:
        for basis, share in move.shares.items():
            if not 0 <= share <= 1:
                why = f"A share by {basis} lies between 0 and 1; this is {share}."
                problems.add(move.place, "not-a-share", why, "Write 0.6 for 60 %.", share)
    for basis in sorted(bases):
        without = [move for move in own if basis not in move.shares]
        for move in without:
            why = f"The part of {move.source} that goes to {move.target} is not given by {basis}."
            remedy = f"Add its share by {basis}: this reorganisation uses that basis elsewhere."
            problems.add(move.place, "missing-share", why, remedy, basis)
        total = sum((move.shares[basis] for move in own if basis in move.shares), Decimal(0))
        if not without and total != 1:
            why = f"The shares of {own[0].source} by {basis} add up to {total}, not to 1."
            remedy = f"Correct the shares of its {len(own)} moves; parts that stay are moves too."
            problems.add(own[0].place, "shares-do-not-add-up", why, remedy, total)


def _check_closings(
    tree: AgencyTree, moves: Mapping[date, Mapping[str, Sequence[Move]]], problems: Problems
) -> None:
    """An agency that ends has to say what it becomes, or its past is lost to every later map."""
    for agency in tree.agencies.values():
        if agency.closed is None or agency.id in moves.get(agency.closed, {}):
            continue
        if agency.closed in moves:
            code, remedy = "closes-without-move", f"Add a move from {agency.id} on that day."
        else:
            code = "closes-without-reorganisation"
            remedy = f"Describe what happened on {agency.closed} in agencies/reorganisations."
        why = f"{agency.id} closes on {agency.closed} without saying what it becomes."
        problems.add(agency.place, code, why, remedy, agency.id)

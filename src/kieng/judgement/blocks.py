"""Blocks: which agencies' counts are shown only together, so that no small count can be told.

**Places and times.** A count is a table of *sources* (agencies, each with what it reported itself) by
*moments* (the shortest periods measured). Every figure anybody is shown is a sum over this table: over the
sources that an agency counts on some map, in the moments of a period. Periods lie within each other; the
periods that one longer period, or nothing, is directly made of are *siblings*.

**Blocks.** For each group of siblings the sources are parted into blocks. A figure of one of the siblings is
shown when it holds each block whole or not at all (or with one weight throughout), so what is known of a
block is its sum. Blocks of shorter periods hold whole blocks of the longer ones. A block's count in each
sibling is nought or not small. A *void* block is in no figure that is shown.

**Why nothing follows.** Let a figure be hidden: it holds source c of a block and not source d. Move one unit
from (d, t) to (c, t), and one back from (c, u) to (d, u), where t is a moment of its period and u one of a
sibling. A longer period holds both moves and does not change. A shorter one, or the period itself, is shown
only of sums that hold both c and d, or neither, and they do not change. The hidden figure does. So no sum or
difference of shown figures gives it, whatever map, level or period they are of. With nothing above the
siblings one move is enough; of a void block the two moves of c alone are. What cannot be moved, since the
public knows that there is no record, is no such witness: for every small count one is looked for that can.

Terms and the rule that sums are not small: Willenborg & de Waal, Elements of Statistical Disclosure Control
(2001), chapter 4; the moves are those of Diaconis & Sturmfels, Annals of Statistics 26 (1998).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]

#: Less is the rounding of what was shared out over a split.
LEAST = 1e-6


@dataclass(frozen=True)
class Siblings:
    """Periods that one longer period is directly made of: of each its moments, as columns of the tables.

    ``held``: of each, how much of each source (column) the figures of several sources hold that could be
    asked for (rows). ``first``: the rows that are hidden after all others.
    ``below_nothing``: no shown figure is the periods' sum.
    """

    periods: Sequence[Numbers]
    held: Sequence[Numbers]
    first: Sequence[Numbers]
    below_nothing: bool = False


@dataclass(frozen=True)
class Parted:
    """The sources in blocks: of each the first of its block; ``void``: those whose block is never shown."""

    first: Numbers
    void: Numbers

    def shows(self, held: Numbers, there: Numbers) -> Numbers:
        """Whether figures that hold so much of the sources (the last axis) are shown, in a period in which
        only these may have something (``there``)."""
        members = np.flatnonzero(there)
        instead = np.full(len(self.first), -1)
        instead[self.first[members[::-1]]] = members[::-1]  # the first member that is there
        mine = held[..., members]
        whole = (mine == held[..., instead[self.first[members]]]).all(axis=-1)
        return np.asarray(whole & ~(mine[..., self.void[members]] != 0).any(axis=-1))


def alone(count: int) -> Parted:
    """Every source a block of its own."""
    return Parted(np.arange(count), np.zeros(count, bool))


def together(several: Iterable[Parted]) -> Parted:
    """The finest blocks of which each one's are parts. ValueError of none."""
    found, *others = several
    first, void = found.first.copy(), found.void.copy()
    for one in others:
        void |= one.void
        for source, other in enumerate(one.first.tolist()):
            if first[source] != first[other]:
                low, high = sorted((first[source], first[other]))
                first[first == high] = low
    return Parted(first, np.isin(first, first[void]))


def part(
    counts: Sequence[Numbers],
    live: Numbers,
    siblings: Siblings,
    least: Sequence[float],
    begin: Parted,
    asked: Numbers,
) -> tuple[Parted, Numbers]:
    """The blocks of siblings, and the sources no witness could be found for: these must be in a block of
    those above already.

    ``counts``: tables of sources by moments, each with the ``least`` count that is shown of it; ``live``:
    where the public does not know that there is nothing. ``begin``: the blocks of the periods above.
    ``asked``: sources that must not stand alone.
    """
    maker = _Maker(counts, live, siblings, least, begin, asked)
    maker.make()
    return Parted(maker.first, maker.void), maker.helpless


def enough_stand_together(
    counts: Sequence[Numbers], live: Numbers, least: Sequence[float], alike: Numbers
) -> bool:
    """Whether no figure that comes first can ever be hidden for others' sake. ``alike``: of each source which
    others those figures hold as it is.

    So it is when each source has beside it several that are always there and together are never a small
    count: whatever has to be put together can be put together with these.
    """
    always = np.asarray(live.all(axis=1), bool)
    good = np.zeros(len(live), bool)
    for source in np.flatnonzero(always):
        others = always & alike[source] & alike[:, source]
        if good[source] or others.sum() < 2:
            continue
        sums = [c[others].sum(0) for c in counts]
        enough = all(not ((s > LEAST) & (s < one)).any() for s, one in zip(sums, least, strict=True))
        good[source] = enough
        if not enough:
            always = always & ~others
    return bool(((alike & good[None, :]).any(1) | ~live.any(1)).all())


class _Maker:
    """Blocks being put together. Of a block the place of its first source has the ``sums`` in each period,
    tables side by side; ``there``: in which periods there is something; and in ``held`` how much of it each
    figure of several sources holds, of those that are there in the figure's period (else ``_ANY``)."""

    def __init__(
        self,
        counts: Sequence[Numbers],
        live: Numbers,
        siblings: Siblings,
        least: Sequence[float],
        begin: Parted,
        asked: Numbers,
    ) -> None:
        self.moments, self.periods, self.free = live, siblings.periods, siblings.below_nothing
        self.own = np.stack([np.stack([c[:, p].sum(1) for p in self.periods], 1) for c in counts], 1)
        self.least = np.asarray(least, float)[:, None]
        self.own_there = np.stack([live[:, p].any(1) for p in self.periods], 1)
        self.asked = asked
        self.first, self.void = begin.first.copy(), begin.void.copy()
        self.size = np.bincount(self.first, minlength=len(self.first))
        self.above = (self.size[self.first] > 1) | self.void
        self.sums, self.there = np.zeros_like(self.own), np.zeros_like(self.own_there)
        np.add.at(self.sums, self.first, self.own)
        np.logical_or.at(self.there, self.first, self.own_there)
        self.helpless = np.zeros(len(self.first), bool)
        self.rows, self.period, first = self._figures(siblings.held, siblings.first)
        self.weights = np.where(first, _ABOVE_ALL, (self.rows > 0).sum(1))
        self.held = np.full_like(self.rows, _ANY)
        np.maximum.at(self.held.T, self.first, self.rows.T)
        self.shown = self._shown(self.rows, self.period)

    def make(self) -> None:
        self._put_together()
        while self._give_witnesses():
            self._put_together()

    def _figures(self, held: Sequence[Numbers], first: Sequence[Numbers]) -> tuple[Numbers, Numbers, Numbers]:
        """The figures of several sources, each once, the period of each, and whether it comes first."""
        rows = [np.where(self.own_there[:, period], table, _ANY) for period, table in enumerate(held)]
        several = [(table > 0).sum(1) > 1 for table in rows]
        every = np.concatenate([table[those] for table, those in zip(rows, several, strict=True)])
        period = np.repeat(np.arange(len(rows)), [those.sum() for those in several])
        comes_first = np.concatenate([one[those] for one, those in zip(first, several, strict=True)])
        known: dict[tuple[int, bytes], int] = {}
        for number, (at, row) in enumerate(zip(period.tolist(), every, strict=True)):
            comes_first[known.setdefault((at, row.tobytes()), number)] |= comes_first[number]
        chosen = list(known.values())
        return every[chosen], period[chosen], comes_first[chosen]

    def _shown(self, rows: Numbers, periods: Numbers) -> Numbers:
        parted, found = Parted(self.first, self.void), np.zeros(len(rows), bool)
        for period in range(len(self.periods)):
            of_it = periods == period
            found[of_it] = parted.shows(rows[of_it], self.own_there[:, period])
        return found

    # --- sums that are not small ---------------------------------------------------------

    def _put_together(self) -> None:
        alone = self.asked & (self.size == 1)
        bad = self._small(self.sums).any((1, 2)) | alone
        while (bad := bad & ~self.void & (self.size > 0)).any():
            at = np.flatnonzero(bad)
            worst = int(at[self.sums[at].sum((1, 2)).argmin()])
            changed = self._mend(worst)
            bad[worst] = False
            if changed is not None:
                bad[changed] = bool(self._small(self.sums[changed]).any())

    def _small(self, sums: Numbers) -> Numbers:
        return np.asarray((sums > LEAST) & (sums < self.least - LEAST))

    def _mend(self, bad: int) -> int | None:
        """The block that came of it: put together with another, or made void, whichever hides less."""
        others = np.flatnonzero(self._fits(self.there[bad]))
        others = others[others != bad]
        cost = self._cost(bad, others)
        alone = not len(others)
        asked_above = self.free or bool(self.above[bad])
        may_be_void = self.free or self.there[bad].sum() > 1
        if may_be_void and (asked_above if alone else self._price(bad) < cost.min()):
            self._make_void(bad)
            return bad
        if alone:
            self.helpless |= self.first == bad
            return None
        joint = self.sums[others] + self.sums[bad]
        small = self._small(joint)
        lacking = np.where(small, self.least - joint, 0).sum((1, 2))
        best = np.lexsort((joint.sum((1, 2)), lacking, small.any((1, 2)), cost))[0]
        return self._join(bad, int(others[best]))

    def _fits(self, there: Numbers) -> Numbers:
        """The blocks that have something in enough of the same periods."""
        enough = 1 if self.free else 2
        return np.asarray(((self.there & there).sum(1) >= enough) & ~self.void & (self.size > 0))

    def _cost(self, one: int, others: Numbers) -> Numbers:
        """What is hidden when a block is put together with each of others: figures that hold them unlike, by
        how many sources they hold, and the other's own unless that is hidden already."""
        held = self.held[self.shown]
        unlike = _unlike(held[:, [one]], held[:, others])
        own = ~(self._small(self.sums[others]).any((1, 2)) | (self.size[others] > 1))
        return np.asarray(self.weights[self.shown] @ unlike + own)

    def _price(self, block: int) -> float:
        """What is hidden when a block is never shown."""
        return float(self.weights[self.shown][self.held[self.shown, block] > 0].sum())

    def _join(self, one: int, other: int) -> int:
        low, high = sorted((one, other))
        self.first[self.first == high] = low
        self.shown &= ~_unlike(self.held[:, low], self.held[:, high])
        self.held[:, low] = np.maximum(self.held[:, low], self.held[:, high])
        for table in (self.sums, self.there, self.size):
            table[low] += table[high]
            table[high] = 0
        return low

    def _make_void(self, block: int) -> None:
        self.shown &= ~(self.held[:, block] > 0)
        self.void |= self.first == block

    # --- witnesses -------------------------------------------------------------------------

    def _give_witnesses(self) -> bool:
        """Whether something had to be put together so that a hidden small count has a witness."""
        changed = False
        newly_hidden = ((self.size[self.first] > 1) | self.void) & ~self.above
        for source, _, period in np.argwhere(self._small(self.own) & newly_hidden[:, None, None]):
            row = np.where(self.own_there[:, period], 0.0, _ANY)
            row[source] = 1
            changed |= self._look_at(row, int(period))
        for at in np.flatnonzero(~self._shown(self.rows, self.period)):
            period = int(self.period[at])
            counts = np.maximum(self.rows[at], 0) @ self.own[:, :, period]
            if self._small(counts[:, None]).any():
                changed |= self._look_at(self.rows[at], period)
        return changed

    def _look_at(self, row: Numbers, period: int) -> bool:
        return not self._has_witness(row, period) and self._widen(row, period)

    def _has_witness(self, row: Numbers, period: int) -> bool:
        inside, outside = self._columns(period)
        movable = row > 0
        if (movable & self.above).any():
            return True  # shown together in the longer period already, where one was looked for
        for c in np.flatnonzero(movable).tolist():
            if self.void[c]:
                if self.free or self.moments[c, outside].any():
                    return True
                continue
            mates = np.flatnonzero((self.first == self.first[c]) & _unlike(row, row[c]))
            if self._may_move(c, mates, inside, outside).any():
                return True
        return False

    def _may_move(self, c: int, mates: Numbers, inside: Numbers, outside: Numbers) -> Numbers:
        """Which mates have something when ``c`` has, within the period and within another."""
        both = self.moments[mates] & self.moments[c]
        return np.asarray(both[:, inside].any(1) & (self.free | both[:, outside].any(1)))

    def _columns(self, period: int) -> tuple[Numbers, Numbers]:
        """The moments of a period, and of its siblings."""
        rest = [columns for at, columns in enumerate(self.periods) if at != period]
        return self.periods[period], np.concatenate(rest) if rest else np.zeros(0, int)

    def _widen(self, row: Numbers, period: int) -> bool:
        """Put a source that could be a witness together with one of the row's; else that one is helpless."""
        inside, outside = self._columns(period)
        movable = np.flatnonzero((row > 0) & ~self.void)
        for c in movable.tolist():
            others = np.flatnonzero(_unlike(row, row[c]) & (self.first != self.first[c]) & ~self.void)
            mates = others[self._may_move(c, others, inside, outside)]
            if len(mates):
                cost = self._cost(int(self.first[c]), self.first[mates])
                best = np.lexsort((self.own[mates].sum((1, 2)), cost))[0]
                self._join(int(self.first[c]), int(self.first[mates[best]]))
                return True
            if self.free or self.moments[c, outside].any():
                self._make_void(int(self.first[c]))
                return True
        self.helpless[movable] = True
        return False


#: What weighs more than all other figures together.
_ABOVE_ALL = 1e9
_ANY = -1.0  # nothing is there in the period: any part of it is held


def _unlike(one: Numbers, other: Numbers | float) -> Numbers:
    return np.asarray((one != other) & (one != _ANY) & (np.asarray(other) != _ANY))

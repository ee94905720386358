"""What the reporters of one figure have said, by name: the figure, a blank, nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from kieng.measurement.closure import Maps, Variant
from kieng.measurement.coverage import Coverages, ReporterSet, missing
from kieng.measurement.request import Request
from kieng.plan.recast import Atlas
from kieng.plan.stock_succession import StockSuccession
from kieng.stores.reference.engine import Slice, said_in
from kieng.stores.reference.known import newest_versions
from kieng.stores.reference.membership import periods_of
from kieng.trace.question import Question
from kieng.words import Name

KINDS = {
    "silent": Name("Chưa gửi số liệu", "Nothing delivered"),
    "no_data": Name("Báo không có số liệu", "Said that there is no data"),
    "not_applicable": Name("Báo không áp dụng", "Said that it does not apply"),
    "nought": Name("Có số, bằng 0", "A figure of 0"),
    "inherited": Name(
        "Chưa có số riêng, tính theo số của đơn vị cũ",
        "No figure of their own yet; those of their forebears stand",
    ),
}


@dataclass(frozen=True)
class Reporters:
    """Agencies by id, in order. ``no_data``, ``not_applicable``: delivered a blank. ``silent``: should have
    delivered and have not. ``nought``: gave a figure that is 0. ``inherited``: gave none, and the figures of
    their forebears stand for them."""

    no_data: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    nought: tuple[str, ...] = ()
    inherited: tuple[str, ...] = ()

    @property
    def by_kind(self) -> tuple[tuple[Name, tuple[str, ...]], ...]:
        """Those there are, each kind with its words."""
        kinds = ((words, getattr(self, kind)) for kind, words in KINDS.items())
        return tuple((words, named) for words, named in kinds if named)

    @property
    def missing(self) -> tuple[str, ...]:
        """All who should have a figure and have none."""
        return tuple(sorted((*self.no_data, *self.silent)))


def reporters(maps: Maps, question: Question, request: Request, versions: pa.Table) -> Reporters:
    """The reporters of the figure that ``question`` asks for, from the ``versions`` that can have a say."""
    definitions, ask, period = maps.definitions, request.asks[0], question.period
    world = definitions.tree, definitions.reorganisations
    slice_ = Slice(ask, period, question.reading, None, request, Atlas(*world), StockSuccession(*world))
    known = [
        record
        for record in newest_versions(versions.to_pylist(), question.as_of).values()
        if not record["_withdrawn"] and period in periods_of(record, ask.rule.counting, period.grain, request)
    ]
    said = said_in(slice_, question.agency, known)
    answered = [r for r, told in said.items() if told.covered or told.no_data or told.not_applicable]
    who = ReporterSet.of(question.indicator, ask.rule, definitions)
    asked = period, question.reading, question.agency
    return Reporters(
        no_data=tuple(sorted(r for r, told in said.items() if told.no_data)),
        not_applicable=tuple(sorted(r for r, told in said.items() if told.not_applicable)),
        silent=missing(Coverages(maps), who, Variant.of(ask.rule), *asked, frozenset(answered)),
        nought=tuple(sorted(r for r, told in said.items() if told.nought)),
        inherited=tuple(sorted(r for r, told in said.items() if told.inherited)),
    )

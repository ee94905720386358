"""Coverage in words: how many have a figure, and what the others have said."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kieng.judgement.phrases import both, number
from kieng.measurement.measurement import Coverage
from kieng.words import Name


def coverage_text(coverage: Coverage) -> Name | None:
    """ "131/135 đơn vị có số, 98,2 % dân số (4 báo không có số liệu)"; None where nobody is expected. What is
    whole is told in short."""
    if not coverage.expected and not coverage.not_applicable:
        return None
    vi, en = "{a}/{b} đơn vị có số", "{a} of {b} agencies have a figure"
    if coverage.reporting > coverage.expected:  # of a lineage: some of them nobody waits for any more
        vi, en = "{a} đơn vị có số", "{a} agencies have a figure"
    if coverage.people_share is not None and coverage.reporting < coverage.expected:
        vi, en = vi + ", {share} % dân số", en + ", {share}% of the people"
    share = number((coverage.people_share or Decimal(0)) * 100, 1)
    told = both(vi, en, a=coverage.reporting, b=coverage.expected, share=share)
    others = list(_others(coverage))
    if not others:
        return told
    joined = Name("; ".join(one.vi for one in others), "; ".join(one.en for one in others))
    return both("{told} ({others})", "{told} ({others})", told=told, others=joined)


def _others(coverage: Coverage) -> Iterator[Name]:
    """What is said of those without a figure. Silence needs no word unless something else was said too."""
    if coverage.no_data:
        yield both("{n} báo không có số liệu", "{n} reported no data", n=coverage.no_data)
    if coverage.silent and coverage.no_data:
        yield both("{n} chưa gửi", "{n} sent nothing", n=coverage.silent)
    if coverage.not_applicable:
        yield both("{n} không áp dụng", "{n} not applicable", n=coverage.not_applicable)
    if coverage.inherited:
        yield both("{n} tính theo số của đơn vị cũ", "{n} by their forebears' figures", n=coverage.inherited)

"""Lead (cơ quan chủ trì): who answers for a figure that others make too; and who helps (phối hợp)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kieng.plan.dated import Dated
from kieng.plan.yaml_text import Located, Section


@dataclass(frozen=True)
class Lead:
    """An agency that leads, or helps, in [valid_from, valid_to), and whatever it becomes.

    ``assumed``: no document names it; whoever wrote the text took it to be so, and every page marks it.
    """

    agency: str
    assumed: bool = False
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def _span(self) -> Dated[None]:
        return Dated(None, self.valid_from, self.valid_to)

    def holds_on(self, day: date) -> bool:
        return self._span.holds_on(day)

    def overlaps(self, other: Lead) -> bool:
        """Whether both hold on some day."""
        return self._span.overlaps(other._span)


def read_leads(section: Section, key: str) -> tuple[Lead, ...]:
    """``lead: so-khcn``, ``lead: [so-khcn, so-xay-dung]`` or, of each,
    ``{agency: so-tttt, assumed: true, from: 2021-09-20, until: 2025-03-01}`` (``until`` is the first day
    without it). Empty when the key is missing."""
    return section.read(key, _leads) or ()


def _leads(at: Located) -> tuple[Lead, ...]:
    found = [_lead(each) for each in (at.items() if at.is_list else [at])]
    leads = tuple(lead for lead in found if lead is not None)
    if at.is_list and not found:
        at.problem("nobody-named", "No agency is named here.", "Name one, or leave the line out.")
    _check_twice(at, leads)
    return leads


def _lead(at: Located) -> Lead | None:
    if not at.is_mapping:
        named = at.text()
        return Lead(named) if named else None
    section = at.section()
    assert section is not None
    lead = Lead(
        agency=section.text("agency"),
        assumed=section.boolean("assumed", False),
        valid_from=section.optional_day("from"),
        valid_to=section.optional_day("until"),
    )
    section.no_other_keys()
    if lead.valid_from and lead.valid_to and lead.valid_to <= lead.valid_from:
        why = f"It ends before it begins ({lead.valid_from})."
        remedy = "`until` is the first day on which the agency no longer leads."
        section.problem("until", "ends-before-it-begins", why, remedy)
    return lead if section.sound else None


def _check_twice(at: Located, leads: tuple[Lead, ...]) -> None:
    for number, lead in enumerate(leads):
        if any(one.agency == lead.agency and one.overlaps(lead) for one in leads[:number]):
            why = f"{lead.agency} is named twice for the same days."
            at.problem("named-twice", why, "Keep one of the two.")

"""The shapes of questions and answers, from which the API's description is made."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Field, Schema

from kieng.web.api.plan_shapes import Day, Indicator, Number, Pillar, Plan, Target, Words

PERIOD = r"^[0-9]{4}(-([0-9]{2}|Q[1-4]|H[12]))?$"
StandingWord = Literal[
    "met",
    "on_course",
    "late",
    "missed",
    "open",
    "not_due",
    "due_no_figure",
    "no_data",
    "closed",
    "unknown",
]


class Page(Schema):
    """``next`` is the address of the next page; null on the last. ``version`` names the state of the data."""

    version: str
    as_of: str
    licence: str
    note: Words
    next: str | None


class PlanAnswer(Page):
    name: Words
    pillars: list[Pillar]
    plans: list[Plan]


class Targets(Page):
    items: list[Target]


class Indicators(Page):
    items: list[Indicator]


class IndicatorAnswer(Page):
    item: Indicator


class Agency(Schema):
    id: str
    code: str | None
    name: Words
    level: str | None
    parent: str | None
    opened: Day | None
    closed: Day | None
    latitude: Number
    longitude: Number
    areas: list[str]


class Fact(Schema):
    value: str | None
    valid_from: Day | None
    valid_to: Day | None


class NameFact(Schema):
    value: Words
    valid_from: Day | None
    valid_to: Day | None


class History(Schema):
    names: list[NameFact]
    codes: list[Fact]
    levels: list[Fact]
    parents: list[Fact]


class Agencies(Page):
    on: Day
    items: list[Agency]


class AgencyAnswer(Page):
    on: Day
    item: Agency
    history: History


class Coverage(Schema):
    reporting: int
    expected: int
    people_share: Number
    no_data: int
    not_applicable: int
    silent: int
    nought: int
    inherited: int


class Breakdown(Schema):
    field: str
    value: str | None


class StandingTarget(Schema):
    id: str
    plan: str
    kind: str
    value: Number
    upper: Number
    by: Day
    text: Words
    expected: Number
    distance: Number
    gap: Number
    reason: Words
    notes: list[Words]


class JudgedTarget(StandingTarget):
    standing: StandingWord
    agency: str


class Measurement(Schema):
    indicator: str
    agency: str
    level: str
    period: Annotated[str, Field(pattern=PERIOD)]
    running: bool
    measured_through: Day | None
    agency_from: Day | None
    agency_to: Day | None
    status: Literal["value", "no_data", "not_applicable", "zero_denominator", "cannot_recast", "hidden"]
    reason: str | None
    value: Number
    unit: str
    numerator: Number
    denominator: Number
    parts: list[Number]
    breakdown: Breakdown | None
    coverage: Coverage
    precision: list[Literal["estimated", "over", "nearly", "about", "average", "derived"]]
    out_of: int | None
    covers: Words | None
    state: str | None
    reading: str
    weighted: str | None
    standing: StandingWord | None
    target: StandingTarget | None
    targets: list[JudgedTarget]
    as_of: str
    origin: list[Literal["published", "measured", "reported", "synthetic"]]


class Measurements(Page):
    items: list[Measurement]


class StandingPart(Schema):
    agency: str
    hidden: bool
    value: Number
    numerator: Number
    denominator: Number
    origin: list[str]


class Standing(Schema):
    plan: str
    target: str
    indicator: str
    agency: str
    lineage: str
    by: Day
    period: str | None
    standing: StandingWord | None
    hidden: bool
    text: Words
    reason: Words
    notes: list[Words]
    expected: Number
    distance: Number
    gap: Number
    measurement: Measurement | None
    parts: list[StandingPart]
    shared: list[str]


class Standings(Page):
    items: list[Standing]


class Version(Schema):
    at: str
    kind: Literal["batch", "text", "measuring"]
    of: str


class Versions(Page):
    items: list[Version]


class Change(Schema):
    agency: str
    period: str
    kind: Literal["added", "removed", "changed"]
    before: Measurement | None
    after: Measurement | None


class Batch(Schema):
    sequence: int
    recorded_at: str
    record_type: str
    source: str
    origin: str
    citation: str | None
    accepted: int
    superseded: int


class Changes(Page):
    before: str
    after: str
    rule_changed: bool
    text_changed: bool
    batches: list[Batch]
    items: list[Change]


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    title_en: str
    detail_en: str
    parameter: str | None = None

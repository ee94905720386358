"""The shapes of the plan's text: plans, targets, indicators, and who leads them."""

from __future__ import annotations

from typing import Annotated

from ninja import Field, Schema

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
Number = int | float | None
Day = Annotated[str, Field(pattern=DAY)]


class Words(Schema):
    vi: str
    en: str


class Source(Schema):
    document: str
    document_en: str
    date: str | None
    clause: str | None
    url: str | None
    confidence: str | None


class Leading(Schema):
    agency: str
    assumed: bool


class Lead(Leading):
    valid_from: Day | None
    valid_to: Day | None


class Plan(Schema):
    id: str
    name: Words
    scope: str
    document: Source
    valid_from: Day
    valid_to: Day | None
    targets: int


class Pillar(Schema):
    id: str
    name: Words


class Baseline(Schema):
    value: Number
    on: Day
    over: list[Day] | None
    precision: list[str]
    covers: Words | None
    out_of: int | None


class Milestone(Schema):
    by: Day
    value: Number


class Target(Schema):
    id: str
    plan: str
    indicator: str
    kind: str
    value: Number
    upper: Number
    by: Day
    level: str | None
    agency: str | None
    closes: Day | None
    because: str | None
    follows: str | None
    text: Words
    baseline: Baseline | None
    milestones: list[Milestone]
    source: Source | None
    leads_then: list[Leading]
    leads_today: list[Leading]
    cooperating_today: list[Leading]


class Rule(Schema):
    valid_from: Day | None
    valid_to: Day | None
    record: str
    formula: str
    grains: list[str]
    membership: str
    date_field: str
    end_field: str | None
    roll_up: str
    reporters: list[str]
    breakdowns: list[str]
    source: Source | None


class Watch(Schema):
    level: str
    until: Day | None


class Indicator(Schema):
    id: str
    name: Words
    pillar: str
    unit: str
    unit_name: Words
    better: str
    decimals: int
    leads: list[Lead]
    cooperating: list[Lead]
    leads_today: list[Leading]
    levels: list[Watch]
    note: Words | None
    source: Source | None
    rules: list[Rule]

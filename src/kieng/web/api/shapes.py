"""The shapes of questions and answers, from which the API's description is made."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Field, Schema

from kieng.web.api.plan_shapes import DAY, Day, Indicator, Number, Pillar, Plan, Target, Words

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


class Measurement(Schema):
    indicator: str
    agency: str
    level: str
    period: Annotated[str, Field(pattern=PERIOD)]
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
    as_of: str
    origin: list[Literal["published", "measured", "reported", "synthetic"]]


class Measurements(Page):
    items: list[Measurement]


class Standing(Schema):
    plan: str
    target: str
    indicator: str
    agency: str
    period: str | None
    standing: StandingWord | None
    hidden: bool
    text: Words
    reason: Words
    by: Day
    measurement: Measurement | None


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


# --- questions ---------------------------------------------------------------------------

Short = Annotated[str | None, Field(None, max_length=200)]


class Ask(Schema):
    pass


class Paged(Ask):
    limit: int = Field(100, ge=1, le=1000, description="Số dòng mỗi trang. / Rows a page.")
    cursor: str | None = Field(None, max_length=400, description="Từ `next`. / From `next`.")


class AskTargets(Paged):
    plan: str | None = Field(None, max_length=200, description="Mã kế hoạch. / A plan's id.")
    indicator: str | None = Field(None, max_length=200, description="Mã chỉ số. / An indicator's id.")


class AskIndicators(Paged):
    pillar: str | None = Field(None, max_length=200, description="Mã trụ cột. / A pillar's id.")


class AskAgency(Ask):
    on: str | None = Field(
        None,
        pattern=DAY,
        description="Cây tổ chức của ngày nào; không nêu là hôm nay. / The tree of which day.",
    )


class AskAgencies(Paged):
    on: str | None = Field(
        None,
        pattern=DAY,
        description="Cây tổ chức của ngày nào; không nêu là hôm nay. / The tree of which day.",
    )
    level: str | None = Field(None, max_length=200, description="Mã cấp. / A level's id.")
    below: str | None = Field(None, max_length=200, description="Thuộc cơ quan này. / Below this agency.")


class AskMeasurements(Paged):
    indicator: str | None = Field(
        None,
        max_length=200,
        description="Mã chỉ số; bắt buộc với as_of hoặc bản đồ một ngày. / An indicator's id.",
    )
    agency: str | None = Field(
        None, max_length=200, description="Id hoặc mã cơ quan. / An agency's id or code."
    )
    level: str | None = Field(None, max_length=200, description="Mã cấp. / A level's id.")
    period: str | None = Field(
        None,
        pattern=PERIOD,
        description="2025, 2025-H2, 2025-Q3, 2025-07. Kèm cả nơi chưa có số. / With who has none.",
    )
    from_: str | None = Field(None, alias="from", pattern=PERIOD, description="Từ kỳ. / From this period.")
    to: str | None = Field(None, pattern=PERIOD, description="Đến kỳ. / To this period.")
    map: str = Field(
        "as-was",
        pattern=r"^(as-was|today|[0-9]{4}-[0-9]{2}-[0-9]{2})$",
        description="Đọc trên bản đồ nào. / Which map.",
    )
    as_of: str | None = Field(
        None, max_length=40, description="Như đã biết lúc đó; cần vài giây. / As known then; takes seconds."
    )
    breakdowns: bool = Field(False, description="Kèm phân tổ. / With breakdowns.")


class AskStandings(Paged):
    plan: str | None = Field(None, max_length=200, description="Mã kế hoạch. / A plan's id.")
    indicator: str | None = Field(None, max_length=200, description="Mã chỉ số. / An indicator's id.")
    agency: str | None = Field(
        None, max_length=200, description="Id hoặc mã cơ quan. / An agency's id or code."
    )
    standing: StandingWord | None = Field(None, description="Mức đạt. / Standing.")


class AskChanges(Ask):
    indicator: str = Field(max_length=200, description="Mã chỉ số. / An indicator's id.")
    agency: str | None = Field(
        None, max_length=200, description="Id hoặc mã cơ quan. / An agency's id or code."
    )
    from_: str = Field(alias="from", max_length=40, description="Lúc trước. / The earlier moment.")
    to: str = Field(max_length=40, description="Lúc sau. / The later moment.")

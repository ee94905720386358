"""What may be asked of the API, parameter by parameter."""

from __future__ import annotations

from typing import Annotated

from ninja import Field, Schema

from kieng.web.api.plan_shapes import DAY
from kieng.web.api.shapes import PERIOD, StandingWord

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

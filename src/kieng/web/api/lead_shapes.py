"""The shapes of who leads and who helps: as the text names them, and on a day."""

from __future__ import annotations

from typing import Annotated

from ninja import Field, Schema

Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class Leading(Schema):
    agency: str
    assumed: bool


class Lead(Leading):
    valid_from: Day | None
    valid_to: Day | None

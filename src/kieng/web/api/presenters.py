"""What the audit trail says about API keys."""

from __future__ import annotations

from kieng.judgement.phrases import both
from kieng.web.audit.kinds import presents
from kieng.web.audit.models import Event
from kieng.words import Name


@presents("api_key_made", "Cấp khoá API", "API key given")
def _made(event: Event) -> Name:
    return both("Cấp khoá API {begins}… cho {name}", "Gave the API key {begins}… to {name}", **event.parts)


@presents("api_key_revoked", "Thu hồi khoá API", "API key revoked")
def _revoked(event: Event) -> Name:
    return both(
        "Thu hồi khoá API {begins}… của {name}", "Revoked the API key {begins}… of {name}", **event.parts
    )

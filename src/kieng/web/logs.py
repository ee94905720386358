"""Logs as one JSON object per line, without anything that says who a person is, or what they asked for."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from kieng.problems import UserError

_FAILED = 500


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, what a record says in ``told``, and of what failed here where in the
    code it did."""

    def format(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage() if request is None else _of_request(record, request),
        }
        for name, value in getattr(record, "told", {}).items():
            told.setdefault(name, value)
        if record.exc_info and record.exc_info[1] and _is_ours(record, request):
            told["traceback"] = _traceback(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)


def _of_request(record: logging.LogRecord, request: Any) -> str:
    """Which page, and how it ended. Django says the address: an agency, a person's number."""
    match = getattr(request, "resolver_match", None)
    name = match.view_name if match else "-"
    return f"{getattr(request, 'method', '-')} {name} {getattr(record, 'status_code', '-')}"


def _is_ours(record: logging.LogRecord, request: Any) -> bool:
    """Whether it failed here. What was asked wrongly is nobody's fault in the code."""
    return request is None or getattr(record, "status_code", _FAILED) >= _FAILED


def _traceback(error: BaseException) -> str:
    """The way through the code, and what kind of error each was. What it says is left out, for it quotes
    values, of people too (a database names the row it will not take); Kiềng's own problems say none."""
    lines = []
    chain: BaseException | None = error
    while chain is not None:
        frames = traceback.extract_tb(chain.__traceback__)
        lines += [f"{one.filename}:{one.lineno} {one.name}" for one in frames]
        said = f": {chain}" if isinstance(chain, UserError) else ""
        lines.append(f"{type(chain).__module__}.{type(chain).__qualname__}{said}")
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
    return "\n".join(lines)

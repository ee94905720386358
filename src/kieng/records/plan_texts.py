"""The plan's text through time: with it, a figure of an earlier day can be made again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kieng.records.chain import moment_of, moment_text, plan_text_hash
from kieng.records.manifest import GENESIS, ManifestState, PlanText
from kieng.records.seal import ledger_damaged


@dataclass(frozen=True)
class KnownPlan:
    """The text of all files by path. ``later``: nothing was kept by the moment asked for, so this is the
    first that was, kept afterwards."""

    fingerprint: str
    recorded_at: datetime
    files: Mapping[str, bytes]
    later: bool


def remember_plan(state: ManifestState, files: Mapping[str, bytes], fingerprint: str, at: datetime) -> None:
    """Add a version unless the newest has this fingerprint. A clock set back does not break the order."""
    kept = state.plan_texts()
    if kept and kept[-1].fingerprint == fingerprint:
        return
    moment = max([moment_text(at), *(text.recorded_at for text in kept[-1:])])
    previous = kept[-1].hash if kept else GENESIS.hash
    text = PlanText(len(kept) + 1, fingerprint, moment, _zipped(files), previous, hash="")
    state.add_plan_text(replace(text, hash=plan_text_hash(text)))


def plan_as_of(state: ManifestState, as_of: datetime) -> KnownPlan | None:
    """The text known at ``as_of``. UserError where a version is not what was kept: whichever it is, another
    may then seem to be the one that was known."""
    kept = state.plan_texts()
    for text in kept:
        if plan_text_hash(text) != text.hash:
            raise ledger_damaged(f"plan_versions row {text.sequence}")
    if not kept:
        return None
    known = [text for text in kept if text.recorded_at <= moment_text(as_of)]
    text = known[-1] if known else kept[0]
    return KnownPlan(text.fingerprint, moment_of(text.recorded_at), _unzipped(text.archive), later=not known)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            # A fixed date: equal text gives equal bytes.
            archive.writestr(zipfile.ZipInfo(path), files[path], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}

"""JSON-stat 2.0: the totals of one indicator as a cube of indicator, agency and period."""

from __future__ import annotations

from collections.abc import Sequence

from kieng.judgement.phrases import ORIGIN_WORDS
from kieng.measurement.measure import cut_off_day
from kieng.web.opendata.described import name_json, source_json
from kieng.web.opendata.licence import HIDDEN_TOLD, RUNNING_TOLD, SYNTHETIC, is_synthetic
from kieng.web.opendata.published import Answer, Figure
from kieng.workspace.json_format import Json, plain


def dataset(answer: Answer, indicator: str, version: str) -> Json:
    """``value`` and ``status`` name cells by their place in the cube; a cell without a figure has none."""
    told = answer.definitions.indicators[indicator]
    figures = [one for one in answer.figures if one.measurement.breakdown is None]
    agencies = sorted({one.measurement.agency for one in figures})
    periods = sorted({one.measurement.period for one in figures}, key=lambda p: (p.grain.months, p.start))
    place = {(a, p): i * len(periods) + j for i, a in enumerate(agencies) for j, p in enumerate(periods)}
    cells = {place[one.measurement.agency, one.measurement.period]: one for one in figures}
    names = {a: answer.definitions.tree.agencies[a].names[-1].value.vi for a in agencies}
    unit = {told.id: {"label": told.unit, "decimals": told.decimals}}
    return {
        "version": "2.0",
        "class": "dataset",
        "label": told.name.vi,
        "source": told.source.document if told.source else "Kiềng",
        "updated": answer.as_of.isoformat(),
        "id": ["indicator", "agency", "period"],
        "size": [1, len(agencies), len(periods)],
        "role": {"metric": ["indicator"], "geo": ["agency"], "time": ["period"]},
        "dimension": {
            "indicator": _dimension("Chỉ số", {told.id: told.name.vi}),
            "agency": _dimension("Cơ quan", names),
            "period": _dimension("Kỳ số liệu", {str(p): str(p) for p in periods}),
        },
        "value": {str(n): plain(one.measurement.value) for n, one in cells.items() if _has_value(one)},
        "status": {str(n): _status(one) for n, one in cells.items()},
        "note": _notes(figures),
        "extension": {
            "unit": unit,
            "name": name_json(told.name),
            "licence": answer.definitions.licence.url,
            "version": version,
            "measured_through": cut_off_day(answer.definitions, answer.as_of).isoformat(),
            "synthetic": any(is_synthetic(one.measurement) for one in figures),
            "source": source_json(told.source),
            "origin": {o.value: name_json(words) for o, words in ORIGIN_WORDS.items()},
        },
    }


def collection(links: dict[str, tuple[str, str]], licence: str) -> Json:
    """A list of datasets: address by indicator, with its label."""
    items = [{"class": "dataset", "href": href, "label": label} for href, label in links.values()]
    return {
        "version": "2.0",
        "class": "collection",
        "label": "Kiềng",
        "extension": {"licence": licence, "note": SYNTHETIC.vi},
        "link": {"item": items},
    }


def _notes(figures: Sequence[Figure]) -> list[str]:
    made_up = any(is_synthetic(one.measurement) for one in figures)
    return [*([SYNTHETIC.vi] if made_up else []), HIDDEN_TOLD.vi, RUNNING_TOLD.vi]


def _dimension(label: str, names: dict[str, str]) -> Json:
    index = {code: place for place, code in enumerate(names)}
    return {"label": label, "category": {"index": index, "label": names}}


def _has_value(one: Figure) -> bool:
    return not one.hidden and one.measurement.value is not None


def _status(one: Figure) -> str:
    measurement = one.measurement
    said = ["hidden" if one.hidden else measurement.state or measurement.status.value]
    said += ["running"] if measurement.running else []
    said += ["synthetic"] if is_synthetic(measurement) else []
    return ", ".join(said)

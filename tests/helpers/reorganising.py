"""A little province, reorganisations of it, and what the command makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from click.testing import CliRunner, Result

from kieng.cli.main import kieng

TEXT = {
    "kieng.yaml": """
name: {vi: Tỉnh, en: Province}
time_zone: Asia/Ho_Chi_Minh
calendar: {country: VN, first: 2020-01-01, last: 2030-12-31}
pillars: {government: {vi: Chính quyền số, en: Digital government}}
levels:
  province: {name: {vi: Tỉnh, en: Province}, tier: province}
  district: {name: {vi: Huyện, en: District}, tier: district}
  commune: {name: {vi: Xã, en: Commune}, tier: commune}
""",
    "agencies/agencies.csv": """\
id,opened,closed,name_vi,name_en,level,parent,code
tinh,,,Tỉnh,Province,province,,
huyen,,,Huyện,District,district,tinh,
xa-a,,,Xã A,Commune A,commune,huyen,00001
xa-b,,,Xã B,Commune B,commune,huyen,00002
xa-c,,,Xã C,Commune C,commune,huyen,00003
""",
    "agencies/heads.csv": """\
agency,title_vi,title_en,holder,valid_from,valid_to
tinh,Chủ tịch UBND tỉnh,Chair of the province,Chủ tịch UBND tỉnh,,
xa-a,Chủ tịch UBND xã A,Chair of A,Chủ tịch UBND xã A,,
""",
    "agencies/weights.csv": """\
agency,basis,amount,year,source
xa-a,population,6000,2024,Niên giám
xa-b,population,3000,2024,Niên giám
xa-c,population,1000,2024,Niên giám
""",
    "indicators/cases.yaml": """
- id: cases
  name: {vi: Hồ sơ tiếp nhận, en: Cases received}
  pillar: government
  unit: count
  better: higher
  watch: [province, {level: district, until: 2025-07-01}, commune]
  lead: xa-a
  record: case
  period: quarter, by received_at
  value: count()
- id: applicants
  name: {vi: Người nộp, en: Applicants}
  pillar: government
  unit: count
  better: higher
  watch: [province, commune]
  lead: tinh
  record: case
  period: quarter, by received_at
  value: count(distinct applicant)
""",
    "plans/plan.yaml": """
id: plan
name: {vi: Kế hoạch, en: Plan}
scope: tinh
document: {document: KH 1}
valid_from: 2025-01-01
targets:
  - indicator: cases
    targets:
      - {level: commune, by: 2026-12-31, at_least: 100}
      - {agency: xa-b, by: 2026-12-31, at_least: 30}
      - {level: district, by: 2026-12-31, at_least: 50, closes: 2025-07-01, because: hết cấp huyện}
      - {level: commune, by: 2025-06-30, at_least: 10}
tasks:
  - {id: t1, work: {vi: Số hóa, en: Digitise}, agency: xa-a, post: Chủ tịch, by: 2026-06-30,
     responsibility: làm, product: kho số, authority: quyết định}
  - {id: t0, work: {vi: Việc cũ, en: Old work}, agency: xa-a, post: Chủ tịch, by: 2025-03-31,
     responsibility: làm, product: kho số, authority: quyết định}
""",
    "mappings/cases.yaml": """
id: cases
record: case
source: test
format: {type: csv}
dates: [iso]
fields: {id: id, agency: {from: agency, by: id}, applicant: who, received_at: received, finished_at: finished}
""",
    "mappings/reports.yaml": """
id: reports
record: report
source: test
format: {type: csv}
dates: [iso]
fields: {id: id, agency: {from: agency, by: id}, figure: figure, period_end: period_end, state: state}
""",
}
CASES = """\
id,agency,who,received,finished
1,xa-a,p1,2025-02-03T08:00,2025-02-05T08:00
2,xa-a,p2,2025-05-05T08:00,2025-06-30T23:59
3,xa-a,p3,2025-05-06T08:00,2025-07-01T00:00
4,xa-a,p4,2025-05-07T08:00,
5,xa-b,p5,2025-05-08T08:00,
6,xa-c,p6,2025-05-09T08:00,
7,xa-a,p7,2025-07-02T08:00,
"""
REPORTS = """\
id,agency,figure,period_end,state
1,xa-a,f,2025-03-31,confirmed
2,xa-a,f,2025-06-30,estimate
3,xa-b,f,2025-06-30,provisional
4,xa-c,f,2025-06-30,estimate
"""
HEAD = """\
id: {id}
name: {{vi: Sắp xếp xã, en: Communes rearranged}}
day: 2025-07-01
kind: {kind}
basis: {{document: NQ 1}}
"""
MERGE = (
    HEAD.format(id="nhap", kind="merge")
    + """\
opens:
  - id: xa-moi
    name: {vi: Xã Mới, en: New commune}
    level: commune
    parent: huyen
    head: {vi: Chủ tịch UBND xã Mới, en: Chair of the new commune}
    weights: [{basis: population, amount: 9000, year: 2025, source: Đề án}]
moves: [{from: xa-a, to: xa-moi}, {from: xa-b, to: xa-moi}]
"""
)
SPLIT = (
    HEAD.format(id="chia", kind="split")
    + """\
moves:
  - {from: xa-a, to: xa-b, shares: {population: 0.6}, source: Đề án 1}
  - {from: xa-a, to: xa-c, shares: {population: 0.4}, source: Đề án 1}
"""
)
RENAME = (
    HEAD.format(id="doi-ten", kind="rename")
    + """\
changes: [{agency: xa-c, name: {vi: Phường C, en: Ward C}, code: "00009"}]
moves: []
"""
)
ABOLISH = (
    HEAD.format(id="bo-huyen", kind="abolish_level")
    + """\
changes:
  - {agency: xa-a, parent: tinh}
  - {agency: xa-b, parent: tinh}
  - {agency: xa-c, parent: tinh}
moves: [{from: huyen, to: tinh}]
"""
)
EVE = date(2025, 6, 30)


def change(root: Path, text: str) -> Path:
    path = root.parent / "change.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def run(root: Path, *words: object) -> Result:
    environment = {"KIENG_LANG": "en", "COLUMNS": "250"}
    return CliRunner().invoke(kieng, ["-w", str(root), "reorganise", *map(str, words)], env=environment)


def cells(result: Result, title: str) -> list[list[str]]:
    """The rows of a section of the preview."""
    lines = iter(result.output.splitlines())
    for line in lines:
        if line.startswith(title):
            break
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in _until_empty(lines)]
    return rows[2:]


def _until_empty(lines: Iterator[str]) -> list[str]:
    found: list[str] = []
    for line in lines:
        if found and not line.strip():
            break
        if line.strip():
            found.append(line)
    return found


def everything(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files if ".kieng" not in path.parts}

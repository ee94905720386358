"""The synthetic facts as their systems would deliver them: none of it looks like Kiềng's own records."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from tests.integration.foreign.facts import YEARBOOK, Inspection, Permit

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
_CODES = {
    "an-toan": "B99.01", "kiem-tra": "B99.02", "at-bac": "B99.01.01", "at-nam": "B99.01.02",
    "kt-cang": "B99.02.01", "kt-khoi": "B99.02.02", "cp-tau": "B99.03.01", "cp-cang": "B99.03.02",
    "cp-cang-bac": "B99.03.02", "cp-cang-nam": "B99.03.03",
}  # fmt: skip
_NAMES = {
    "giam-sat": "Cục Giám sát biển", "at-bac": "Northern Safety Division",
    "at-nam": "PHÒNG AN TOÀN KHÁNH HOÀ", "kt-cang": "Phòng Kiểm tra cảng",
    "kt-khoi": "Phòng Kiểm tra ngoài khơi",
}  # fmt: skip


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


# --- CSV: the old system ----------------------------------------------------------------------

_OLD_COLUMNS = (
    "SO_KT", "MA_DV", "So hieu tàu", "Loại KT", "START_DT", "HẠN", "END_DT", "SL_LỖI", "Tiền phạt", "MỨC",
    "DIEM", "HTHUC", "GHI_CHU",
)  # fmt: skip
_KINDS = {"routine": "Định kỳ", "surprise": decomposed("đột xuất"), "complaint": "THEO ĐƠN"}
_SEVERITIES = {"minor": "nhẹ", "major": decomposed("nặng"), "critical": "rất nặng"}
_NOTHING = ("", "-", "x")

#: Rows that have to be refused: the cells that are wrong in an otherwise sound row, and the code.
BAD_OLD = (
    ({"SO_KT": "X-1", "MA_DV": "B99.77"}, "unknown-agency"),
    ({"SO_KT": "X-2", "START_DT": "31/02/2025 09:00"}, "no-such-day"),
    ({"SO_KT": "X-3", "Tiền phạt": "12,5 tr"}, "not-a-number"),
    ({"SO_KT": "X-4", "Loại KT": "tùy hứng"}, "unknown-value"),
    ({"SO_KT": "X-5", "MA_DV": "B99.02", "START_DT": "01/08/2025 09:00"}, "agency-not-on-day"),
    ({"SO_KT": "X-6", "START_DT": "-"}, "missing-value"),
    ({"SO_KT": "X-7", "SL_LỖI": "1"}, "conflicting-rows"),
    ({"SO_KT": "X-7", "SL_LỖI": "2"}, "conflicting-rows"),
)
_SOUND = {
    "SO_KT": "X", "MA_DV": "B99.01.01", "So hieu tàu": "VN-009", "Loại KT": "định kỳ",
    "START_DT": "03/02/2025 09:00", "HẠN": "", "END_DT": "", "SL_LỖI": "3", "Tiền phạt": "1.000,5",
    "MỨC": "nhẹ", "DIEM": "9,5", "HTHUC": "tại tàu", "GHI_CHU": "",
}  # fmt: skip


def write_old(path: Path, rows: Iterable[Inspection], bad: bool = True) -> int:
    """The CSV; the answer is the line of the first bad row."""
    nothing = cycle(_NOTHING)
    lines = [_old_cells(number, row, nothing) for number, row in enumerate(rows)]
    wrong = [list((_SOUND | cells).values()) for cells, _ in BAD_OLD] if bad else []
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened, delimiter=";")
        writer.writerow([decomposed(name) for name in _OLD_COLUMNS])
        writer.writerows(lines + wrong)
    return len(lines) + 2


def _old_cells(number: int, row: Inspection, nothing: Iterable[str]) -> list[str]:
    blank = iter(nothing)

    def or_blank(text: str | None) -> str:
        return next(blank) if text is None else text

    return [
        row.number,
        _CODES[row.division],
        row.vessel,
        _KINDS[row.kind],
        _old_moment(number, row.opened),
        or_blank(row.due and _old_moment(number + 1, row.due)),
        or_blank(row.finished and _old_moment(number + 2, row.finished)),
        or_blank(None if row.findings is None else str(row.findings)),
        or_blank(None if row.fine is None else _comma(row.fine)),
        or_blank(row.severity and _SEVERITIES[row.severity]),
        or_blank(None if row.score is None else str(row.score).replace(".", ",")),
        "từ xa" if row.remote else decomposed("Tại tàu"),
        "giả lập",
    ]


def _old_moment(number: int, wall: datetime) -> str:
    """By turns: local wall time, with our offset, in UTC, and in Tokyo's."""
    moment = wall.replace(tzinfo=HOME)
    match number % 4:
        case 0:
            return f"{wall:%d/%m/%Y %H:%M}"
        case 1:
            return moment.isoformat()
        case 2:
            return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case _:
            return moment.astimezone(ZoneInfo("Asia/Tokyo")).isoformat()


def _comma(number: Decimal) -> str:
    """1234.5 as 1.234,50."""
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


# --- Parquet: the new system --------------------------------------------------------------------


def write_new(path: Path, rows: Sequence[Inspection]) -> None:
    """The last row is wrong: a department that had ended by then."""
    data = [_new_row(row) for row in rows]
    data.append(data[0] | {"insp_no": "N-BAD", "unit_name": "Cục An toàn tàu thuỷ"})
    moment = pa.timestamp("ms", tz="UTC")
    schema = pa.schema(
        [
            ("insp_no", pa.string()),
            ("unit_name", pa.string()),
            ("imo", pa.string()),
            ("insp_type", pa.string()),
            ("opened_utc", moment),
            ("deadline_utc", moment),
            ("closed_utc", moment),
            ("defects", pa.int16()),
            ("penalty", pa.decimal128(12, 2)),
            ("sev", pa.int8()),
            ("score", pa.decimal128(6, 2)),
            ("is_remote", pa.bool_()),
            ("etl_batch", pa.string()),
        ]
    )
    pq.write_table(pa.Table.from_pylist(data, schema=schema), path)


def _new_row(row: Inspection) -> dict[str, object]:
    return {
        "insp_no": row.number,
        "unit_name": decomposed(_NAMES[row.division]),
        "imo": row.vessel,
        "insp_type": row.kind[0].upper(),
        "opened_utc": row.opened.replace(tzinfo=HOME),
        "deadline_utc": row.due and row.due.replace(tzinfo=HOME),
        "closed_utc": row.finished and row.finished.replace(tzinfo=HOME),
        "defects": row.findings,
        "penalty": row.fine,
        "sev": row.severity and {"minor": 1, "major": 2, "critical": 3}[row.severity],
        "score": row.score,
        "is_remote": row.remote,
    }


# --- NDJSON: the national portal -------------------------------------------------------------

_SECTORS = {"fishing": "G10", "port": "G17", "tourism": "G16"}
_CHANNELS = {
    "online": ("qua mạng", decomposed("Qua mạng")),
    "direct": ("trực tiếp", ""),
    "post": (decomposed("bưu chính"), "Bưu  chính"),
}

#: What is wrong in an otherwise sound object (None: a line that is no object), and the code.
BAD_PERMITS: tuple[tuple[dict[str, object] | None, str], ...] = (
    ({"KenhThucHien": "điện tín"}, "unknown-value"),
    (None, "bad-json"),
    ({"DonViXuLy": {"MaDonVi": "B99.03.09"}}, "unknown-agency"),
    ({"DanhSachLePhi": [{"Gia": "miễn"}]}, "not-a-number"),
    ({"NgayTiepNhan": "hôm qua"}, "not-a-date"),
)


def write_permits(path: Path, rows: Sequence[Permit]) -> int:
    """The NDJSON; the answer is the line of the first bad row."""
    objects = [_permit(number, row) for number, row in enumerate(rows)]
    lines = [json.dumps(found, ensure_ascii=number % 3 == 0) for number, found in enumerate(objects)]
    for number, (wrong, _) in enumerate(BAD_PERMITS):
        bad = objects[0] | {"MaHoSo": f"X-{number}"} | (wrong or {})
        lines.append(json.dumps(bad, ensure_ascii=False) if wrong else '{"MaHoSo": "X-đứt')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(rows) + 1


def _permit(number: int, row: Permit) -> dict[str, object]:
    found: dict[str, object] = {
        "MaHoSo": row.id,
        "MaTTHC": row.procedure,
        "MaLinhVuc": _SECTORS[row.sector],
        "KenhThucHien": _CHANNELS[row.channel][number % 2],
        "ChuHoSo": row.holder if number % 2 else decomposed(row.holder),
        "LoaiDoiTuong": "2",
        "NgayTiepNhan": round((row.applied.replace(tzinfo=HOME) - _EPOCH) / timedelta(milliseconds=1)),
        "TrangThaiHoSo": "Đã rút" if row.withdrawn else "10",
        "DonViXuLy": {"MaDonVi": _CODES[row.agency], "Cap": 3},
        "HoSoCoThanhPhanSoHoa": None if row.digitised is None else str(int(row.digitised)),
        "DSKetNoiCSDL": [f"CSDL{n}" for n in range(row.databases)],
        "TaiLieuNop": [{"DuocSoHoa": "1", "DuocTaiSuDung": "0"} for _ in range(row.papers)],
        "DanhSachLePhi": [{"Gia": float(fee)} for fee in row.fees],
        "DanhSachGiayToKetQua": [{"DuongDanTepTinKetQua": "/giay-phep.pdf"}] if row.e_result else [],
    }
    licence = {
        "NgayCap": row.granted and f"{row.granted:%d/%m/%Y}",
        "HieuLucDen": row.ends and f"{row.ends:%d/%m/%Y}",
        "CongSuat": None if row.tonnage is None else float(row.tonnage),
    }
    if row.granted or row.tonnage is not None:  # an object without a licence has no such key at all
        found["GiayPhep"] = licence
    return found


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# --- XLSX: the yearbook -------------------------------------------------------------------------

_WIDE = (
    "Đơn vị", "Tàu 2024", "Sơ bộ tàu 2025", "Sản lượng 2024", "Sơ bộ sản lượng 2025", "Lao động 2024",
    "Sơ bộ lao động 2025", "Qua đào tạo 2024", "Sơ bộ qua đào tạo 2025", "Xếp hạng 2024", "Xếp hạng 2025",
    "An toàn 2024 (%)", "An toàn 2025 (%)", "Kế hoạch ứng phó 2024", "Kế hoạch ứng phó 2025",
)  # fmt: skip


def write_yearbook(path: Path) -> None:
    """A wide table as statistical offices print it: titles above the header, a total and a note below."""
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Mục lục").write(0, 0, "Niên giám giả lập")
        sheet = book.add_worksheet("Biểu 03")
        sheet.merge_range(0, 0, 0, 14, "03. Tàu, sản lượng, lao động phân theo đơn vị (giả lập)")
        sheet.write(1, 14, "Đơn vị tính: tàu, nghìn tấn, người")
        sheet.write_row(3, 0, _WIDE)
        for number, row in enumerate(YEARBOOK, start=4):
            pairs = (row.vessels, row.catch, row.workers, row.trained, row.rank, row.safety, row.plan)
            sheet.write_row(number, 0, [row.name, *(cell for pair in pairs for cell in pair)])
        below = 4 + len(YEARBOOK)
        sheet.write_row(below, 0, ["Toàn ngành", 490, 507])
        sheet.write(below + 1, 0, "Ghi chú: (-) không phát sinh, (x) không áp dụng")


#: Lines and code of the two rows that are no unit's.
BAD_YEARBOOK = [(5 + len(YEARBOOK), "unknown-agency"), (6 + len(YEARBOOK), "unknown-agency")]

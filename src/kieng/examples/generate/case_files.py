"""Cases as the national portal's record, delivered year by year, with newer versions of open ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kieng.examples.generate.cases import REFUSED, WITHDRAWN, CaseMaker, Cases
from kieng.examples.generate.columns import compact_moments, joined, numbers, padded, words, yes_no
from kieng.examples.generate.files import Form, GeneratedFile, TableWriter, morning_after
from kieng.examples.generate.volumes import daily_volumes, each_day
from kieng.records.batch import Origin

_DAY = timedelta(days=1)
_MAPPINGS = {
    Form.CSV: "national-case",
    Form.PARQUET: "national-case-parquet",
    Form.NDJSON: "national-case-ndjson",
}


@dataclass(frozen=True)
class Span:
    """The days of one delivery, the last included."""

    name: str
    first: date
    last: date


def spans(first: date, last: date) -> list[Span]:
    """One delivery per year; the last week comes by itself, as a live connection would send it."""
    week = last - 6 * _DAY
    found = []
    start = first
    while start < week:
        end = min(date(start.year, 12, 31), week - _DAY)
        found.append(Span(f"cases-{start.year}", start, end))
        start = end + _DAY
    return [*found, Span("cases-last-week", week, last)]


def write_cases(
    maker: CaseMaker, out: Path, first: date, last: date, total: int, form: Form
) -> Iterator[GeneratedFile]:
    """Every case as it stood on its delivery's last day and, if it was open then, once more later."""
    days = each_day(first, last)
    volumes = daily_volumes(days, maker.working, total)
    still_open: Cases | None = None
    for number, span in enumerate(spans(first, last)):
        last_week = span.last == last
        used = Form.NDJSON if last_week and form is Form.CSV else form
        path = out / f"{number:02}-{span.name}.{used.value}"
        held = (days >= np.datetime64(span.first)) & (days <= np.datetime64(span.last))
        with TableWriter(path, used) as writer:
            if still_open is not None:
                writer.write(table(still_open, span.last, used))
                still_open = _open_after(still_open, span.last)
            for _, cases in maker.months(days[held], volumes[held]):
                writer.write(table(cases, span.last, used))
                left = _open_after(cases, span.last)
                still_open = left if still_open is None else still_open.followed_by(left)
        yield GeneratedFile(
            path, "case", _MAPPINGS[used], Origin.SYNTHETIC, span.name, morning_after(span.last), writer.rows
        )


def _open_after(cases: Cases, day: date) -> Cases:
    end = np.datetime64(day, "s") + np.timedelta64(86_400, "s")
    return cases.only(cases.finished >= end)


def table(cases: Cases, day: date, form: Form) -> pa.Table:
    """The rows as the source writes them at the end of ``day``."""
    columns = _columns(cases.as_known_on(day))
    return pa.table(_nested(columns) if form is Form.NDJSON else columns)


def _columns(cases: Cases) -> dict[str, pa.Array]:
    closed = ~np.isnat(cases.finished)
    has_fee = cases.fee > 0
    place, ids = pa.array(cases.place), _ids(cases)
    result = joined("https://kq.example/", ids)
    return {
        "MaHoSo": ids,
        "MaTTHC": pa.array(cases.procedure),
        "MaLinhVuc": pc.utf8_slice_codeunits(pa.array(cases.procedure), 0, 6),
        "KenhThucHien": words(("1", "2", "3"), cases.channel),
        "ChuHoSo": joined("k", padded(cases.applicant, 13)),
        "LoaiDoiTuong": words(("1", "2", "3"), cases.applicant_kind),
        "NgayTiepNhan": compact_moments(cases.received),
        "NgayHenTra": compact_moments(cases.due),
        "ThoiHan": numbers(cases.limit),
        "DonViThoiHan": words(("ngaylv",), np.zeros(len(cases), np.int64)),
        "NgayYeuCauBoSung": compact_moments(cases.asked, ~np.isnat(cases.asked)),
        "NgayBoSung": compact_moments(cases.supplied, ~np.isnat(cases.supplied)),
        "SoLanBoSung": numbers(cases.times_asked),
        "NgayKetThucXuLy": compact_moments(cases.finished, closed),
        "TrangThaiHoSo": _status(cases),
        "HinhThuc": words(("TT", "MP", None), cases.offer),
        "DonViXuLy": place,
        "LePhi": numbers(cases.fee, has_fee),
        "DuocThanhToanTrucTuyen": words(("0", "1"), cases.paid_online.astype(np.int64), has_fee),
        "CanKetQuaGiay": yes_no(cases.needs_paper),
        "DuongDanTepTinKetQua": pc.if_else(pa.array(closed & cases.e_result), result, None),
        "HoSoCoThanhPhanSoHoa": yes_no(cases.digitised),
        "DuocTaiSuDung": yes_no(cases.reused),
        "TaiKhoanDuocXacThucVoiVNeID": yes_no(cases.population_data),
        "HaiLong": yes_no(cases.satisfied, closed & cases.rated),
    }


def _ids(cases: Cases) -> pa.Array:
    """``H08.21583-230601-000012``: the shape of today's case codes, on Bình Định's letter."""
    day = pc.utf8_slice_codeunits(compact_moments(cases.received), 2, 8)
    return joined("H08.", pa.array(cases.place), "-", day, "-", padded(cases.serial, 6))


def _status(cases: Cases) -> pa.Array:
    """The portal's numbers: 9 done, 3 refused, 7 withdrawn, 5 waiting for a supplement, 4 in process."""
    closed, waiting = ~np.isnat(cases.finished), ~np.isnat(cases.asked) & np.isnat(cases.supplied)
    ended = np.where(cases.outcome == REFUSED, 1, np.where(cases.outcome == WITHDRAWN, 2, 0))
    return words(("9", "3", "7", "5", "4"), np.where(closed, ended, np.where(waiting, 3, 4)))


def _nested(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """The same with lists and objects inside, as the portal's own interface sends them."""
    flat = dict(columns)
    moved = {
        "HoSoBoSung": {"NgayYeuCau": "NgayYeuCauBoSung", "NgayNhan": "NgayBoSung", "SoLan": "SoLanBoSung"},
        "TaiLieuNop": {"DuocSoHoa": "HoSoCoThanhPhanSoHoa", "DuocTaiSuDung": "DuocTaiSuDung"},
        "GiayToKetQua": {"DuongDanTepTinKetQua": "DuongDanTepTinKetQua"},
        "LePhi": {"Gia": "LePhi"},
    }
    for name, parts in moved.items():
        values = [flat.pop(old) for old in parts.values()]
        flat[name] = pa.StructArray.from_arrays(values, names=list(parts))
    return flat

"""What every copy of the data must say of where it comes from."""

from __future__ import annotations

from kieng.measurement.measurement import Measurement
from kieng.records.batch import Origin
from kieng.words import Name

SYNTHETIC = Name(
    "CÓ SỐ TỔNG HỢP THỬ: dòng có origin chứa “synthetic” là số dựng lên để minh hoạ, không phải số thật.",
    "HOLDS SYNTHETIC FIGURES: rows whose origin has “synthetic” are made up to show the system; not real.",
)
HIDDEN_TOLD = Name(
    "Số nhỏ và số làm lộ số nhỏ được ẩn: status là “hidden”.",
    "Small counts, and figures they could be told from, are hidden: status “hidden”.",
)
RUNNING_TOLD = Name(
    "Kỳ chưa kết thúc hoặc chưa có đủ số liệu có dấu running: số đến ngày measured_through, còn đổi.",
    "A period not over or not delivered whole is marked running: its figure, to measured_through, changes.",
)
ALL_TOLD = Name(
    f"{SYNTHETIC.vi} {HIDDEN_TOLD.vi} {RUNNING_TOLD.vi}", f"{SYNTHETIC.en} {HIDDEN_TOLD.en} {RUNNING_TOLD.en}"
)


def is_synthetic(one: Measurement) -> bool:
    return Origin.SYNTHETIC in one.origins

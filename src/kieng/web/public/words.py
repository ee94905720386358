"""What the public pages say that no other place does."""

from __future__ import annotations

from kieng.plan.formula.nodes import AggregateKind
from kieng.plan.indicator import Better, Membership, RollUp, Within
from kieng.plan.period import Grain
from kieng.words import Name

GRAINS = {
    Grain.MONTH: Name("tháng", "month"),
    Grain.QUARTER: Name("quý", "quarter"),
    Grain.HALF: Name("6 tháng", "half year"),
    Grain.YEAR: Name("năm", "year"),
}
#: Of what is no ratio.
ADDED_UP = Name("Cộng số của các đơn vị bên dưới", "The figures of the parts below are added up")
BETTER = {
    Better.HIGHER: Name("Càng cao càng tốt", "Higher is better"),
    Better.LOWER: Name("Càng thấp càng tốt", "Lower is better"),
}
ROLL_UPS = {
    RollUp.SUMS: Name(
        "Cộng tử số và mẫu số của các đơn vị bên dưới; không lấy trung bình của các tỷ lệ",
        "The parts below are added up, numerator and denominator; never a mean of ratios",
    ),
    RollUp.NONE: Name(
        "Số của mỗi đơn vị đứng riêng, không cộng từ cấp dưới",
        "Each agency's figure stands alone and is not made from those below",
    ),
}
WITHIN = {
    Within.ALL: Name("Tính cả mọi đơn vị bên dưới", "Everything below counts"),
    Within.TIER: Name("Chỉ tính các đơn vị cùng cấp hành chính", "Only agencies of the same tier count"),
}
MEMBERSHIPS = {
    Membership.BY: Name("mỗi bản ghi thuộc kỳ có", "each record belongs to the period of its"),
    Membership.OPEN: Name(
        "mỗi bản ghi thuộc mọi kỳ nó còn mở, từ", "each record belongs to every period it is open in, from"
    ),
    Membership.IN_FORCE: Name(
        "mỗi bản ghi thuộc kỳ mà ngày cuối kỳ nó còn hiệu lực, từ",
        "each record belongs to the periods on whose last day it holds, from",
    ),
}
AGGREGATES = {
    AggregateKind.COUNT: Name("số {what}", "the number of {what}"),
    AggregateKind.SUM: Name("tổng {of} của {what}", "the sum of {of} of {what}"),
    AggregateKind.MIN: Name("{of} nhỏ nhất của {what}", "the least {of} of {what}"),
    AggregateKind.MAX: Name("{of} lớn nhất của {what}", "the greatest {of} of {what}"),
    AggregateKind.LATEST: Name("{of} mới nhất của {what}", "the newest {of} of {what}"),
    AggregateKind.COUNT_DISTINCT: Name(
        "số {of} khác nhau của {what}", "the number of different {of} of {what}"
    ),
    AggregateKind.PERCENTILE: Name(
        "phân vị {fraction} của {of} của {what}", "percentile {fraction} of {of} of {what}"
    ),
}

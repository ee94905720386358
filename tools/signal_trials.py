"""Tries signals and projections on made-up series, and prints docs/reference/signals.md.

``python -m tools.signal_trials`` runs every trial on 20,000 series (about ten minutes), keeps what came out
in ``tools/signal_trials.csv`` and writes the page. ``tests/heavy/test_signals.py`` runs them again; a quick
test holds the page and the parameters that it was made with against the code.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np

from kieng.judgement.course import ChartKind, Course, Verdict, now
from kieng.judgement.family import ALONE, Family, family_of
from kieng.judgement.parameters import built_in
from kieng.judgement.phases import phases
from kieng.judgement.trend import trend_of
from kieng.judgement.usual import Spot
from kieng.plan.formula.nodes import Aggregate, AggregateKind, Formula
from kieng.plan.indicator import Better, Counting, Indicator, Membership, RollUp, Rule, Within
from kieng.plan.period import Grain, Period
from kieng.words import Name

ROOT = Path(__file__).parents[1]
TABLE, PAGE = ROOT / "tools" / "signal_trials.csv", ROOT / "docs" / "reference" / "signals.md"
SERIES, SIZE, SEED = 20_000, 135, 20261130
BASE, AFTER, FALLEN = 12, 12, 3  # months of the baseline, after it, and after a fall
DAY = date(2026, 11, 30)
PARAMETERS = (
    "family_false_signals",
    "lone_false_signal",
    "chart_baseline_points",
    "chart_few_periods",
    "chart_many_periods",
    "chart_share_one",
    "chart_share_few",
    "chart_share_many",
    "chart_left_periods",
    "chart_restless",
    "pace_points",
    "pace_least_points",
    "pace_tail",
)
_MONTHS = [Period(date(2022, 1, 1), Grain.MONTH).shift(n) for n in range(BASE + AFTER + FALLEN)]
_RULE = Rule(
    "x",
    Counting((Grain.MONTH,), Membership.BY, "day"),
    Formula("", Aggregate(AggregateKind.COUNT)),
    RollUp.SUMS,
    Within.ALL,
    (),
    "x",
)
_INDICATOR = Indicator("x", Name("x", "x"), "x", "x", Better.HIGHER, (), "x", (_RULE,))  # type: ignore[arg-type]

Chance = np.random.Generator
Drawn = tuple[np.ndarray, np.ndarray]  # parts and wholes of shares; figures, and nothing, of all else


@dataclass(frozen=True)
class Trial:
    """Series of one kind: ``draw`` makes a number of them over months, whose last three may have fallen."""

    key: str
    name: Name
    kind: ChartKind
    draw: Callable[[Chance, int, int, bool], Drawn]
    most: float = 0.5  # signals a period that 135 of them may raise on average


def _shares(share: float, cases: int, phi: float = 1.0, fallen: float = 0.0) -> Callable[..., Drawn]:
    """Shares of ``cases``; restless ones have a share of their own each month, about the common one."""

    def draw(chance: Chance, count: int, months: int, falls: bool) -> Drawn:
        level = np.full((count, months), share)
        if falls:
            level[:, -FALLEN:] = fallen
        if phi > 1:
            weight = (cases - 1) / (phi - 1) - 1
            level = chance.beta(level * weight, (1 - level) * weight)
        return chance.binomial(cases, level), np.full((count, months), cases)

    return draw


def _mixed(chance: Chance, count: int, months: int, falls: bool) -> Drawn:
    cases = np.repeat(chance.integers(5, 500, (count, 1)), months, axis=1)
    return chance.binomial(cases, chance.uniform(0.6, 0.99, (count, 1))), cases


def _half_restless(chance: Chance, count: int, months: int, falls: bool) -> Drawn:
    calm, cases = _shares(0.85, 200)(chance, count, months, falls)
    wild, _ = _shares(0.85, 200, 3)(chance, count, months, falls)
    return np.where(np.arange(count)[:, None] % 2 == 0, calm, wild), cases


def _counts(mean: float, phi: float = 1.0, fallen: float = 0.0) -> Callable[..., Drawn]:
    def draw(chance: Chance, count: int, months: int, falls: bool) -> Drawn:
        level = np.full((count, months), mean)
        if falls:
            level[:, -FALLEN:] = fallen
        if phi > 1:
            level = chance.gamma(level / (phi - 1), phi - 1)
        return chance.poisson(level), np.zeros((count, months))

    return draw


def _figures(law: str, fallen: float = 0.0) -> Callable[..., Drawn]:
    def draw(chance: Chance, count: int, months: int, falls: bool) -> Drawn:
        made = chance.normal(50, 5, (count, months))
        if law == "skewed":
            made = 20 * chance.lognormal(0, 0.4, (count, months))
        if falls:
            made[:, -FALLEN:] -= 5 * fallen
        return np.round(made, 6), np.zeros((count, months))

    return draw


_P, _C, _X = ChartKind.P, ChartKind.C, ChartKind.XMR
STABLE = (
    Trial("share-100", Name("90 % của 100 hồ sơ", "90 % of 100 cases"), _P, _shares(0.9, 100)),
    Trial("share-20", Name("90 % của 20 hồ sơ", "90 % of 20 cases"), _P, _shares(0.9, 20)),
    Trial("share-98", Name("98 % của 50 hồ sơ", "98 % of 50 cases"), _P, _shares(0.98, 50)),
    Trial("share-1000", Name("50 % của 1.000 hồ sơ", "50 % of 1,000 cases"), _P, _shares(0.5, 1000)),
    Trial("share-mixed", Name("60–99 % của 5–500 hồ sơ", "60–99 % of 5–500 cases"), _P, _mixed),
    Trial("restless-2", Name("85 % của 100, φ = 2", "85 % of 100, φ = 2"), _P, _shares(0.85, 100, 2)),
    Trial("restless-4", Name("85 % của 400, φ = 4", "85 % of 400, φ = 4"), _P, _shares(0.85, 400, 4)),
    Trial(
        "restless-half",
        Name("85 % của 200, một nửa φ = 1, một nửa φ = 3", "85 % of 200, half φ = 1, half φ = 3"),
        _P,
        _half_restless,
        most=0.8,  # the restless half raises more than its share (0022)
    ),
    Trial("count-20", Name("20 việc mỗi tháng", "20 events a month"), _C, _counts(20)),
    Trial("count-wild", Name("20 việc mỗi tháng, φ = 3", "20 events a month, φ = 3"), _C, _counts(20, 3)),
    Trial("figure", Name("số bất kỳ, phân phối chuẩn", "any figure, normal"), _X, _figures("normal")),
    Trial("figure-skewed", Name("số bất kỳ, lệch", "any figure, skewed"), _X, _figures("skewed")),
)
FALLS = (
    Trial("fall-100", Name("90 → 80 % của 100", "90 → 80 % of 100"), _P, _shares(0.9, 100, fallen=0.8)),
    Trial("fall-30", Name("90 → 80 % của 30", "90 → 80 % of 30"), _P, _shares(0.9, 30, fallen=0.8)),
    Trial("fall-300", Name("90 → 80 % của 300", "90 → 80 % of 300"), _P, _shares(0.9, 300, fallen=0.8)),
    Trial("fall-5", Name("90 → 85 % của 100", "90 → 85 % of 100"), _P, _shares(0.9, 100, fallen=0.85)),
    Trial(
        "fall-restless",
        Name("90 → 80 % của 100, φ = 2", "90 → 80 % of 100, φ = 2"),
        _P,
        _shares(0.9, 100, 2, fallen=0.8),
    ),
    Trial("rise-count", Name("20 → 40 việc", "20 → 40 events"), _C, _counts(20, fallen=40)),
    Trial("fall-2sd", Name("số bất kỳ, xuống 2 σ", "any figure, down 2 σ"), _X, _figures("normal", 2)),
    Trial("fall-3sd", Name("số bất kỳ, xuống 3 σ", "any figure, down 3 σ"), _X, _figures("normal", 3)),
)


@dataclass(frozen=True)
class Row:
    """What came out: ``kind`` of trial, its ``key``, the ``family``'s size or the points a line goes through,
    and the share of the series, a number of columns each."""

    kind: str
    key: str
    family: int
    shares: tuple[float, ...]


# --- signals ------------------------------------------------------------------------------


def stable(trial: Trial, size: int, series: int = SERIES) -> Row:
    """How often the newest of 24 months in which nothing happens is called a signal."""
    (share,) = _found(trial, size, series, falls=False)
    return Row("stable", trial.key, size, (share,))


def falls(trial: Trial, size: int, series: int = SERIES) -> Row:
    """How often a fall is found in its first month, within two, within three."""
    return Row("falls", trial.key, size, _found(trial, size, series, falls=True))


def _found(trial: Trial, size: int, series: int, *, falls: bool) -> tuple[float, ...]:
    months = BASE + AFTER + (FALLEN if falls else 0)
    ends = range(BASE + AFTER + 1, months + 1) if falls else (months,)
    chance, rows = np.random.default_rng(SEED), -(-series // SIZE) * SIZE
    parts, wholes = trial.draw(chance, rows, months, falls)
    seen = [0] * len(ends)
    for start in range(0, rows, SIZE):
        group = slice(start, start + SIZE)
        family = _family(trial.kind, size, parts[group], wholes[group])
        far = [_far(trial.kind, parts[group, :end], wholes[group, :end]) for end in ends]
        for one in range(SIZE):
            spots = None
            for at, end in enumerate(ends):
                if not far[at][one]:
                    continue
                spots = spots or _spots(trial.kind, parts[start + one].tolist(), wholes[start + one].tolist())
                if _is_signal(trial.kind, spots[:end], family):
                    for later in range(at, len(ends)):
                        seen[later] += 1
                    break
    return tuple(round(count / rows, 5) for count in seen)


def _far(kind: ChartKind, parts: np.ndarray, wholes: np.ndarray) -> np.ndarray:
    """A quick look: whether the newest, or some periods together, lie farther from the baseline than 1.8 of
    the least standard deviations there can be. No limit is nearer, so what does not is no signal."""
    far = np.zeros(len(parts), bool)
    for together in (1, 3, 8, 12):
        late, base = slice(-together, None), slice(0, BASE)
        if kind is ChartKind.P:
            cases, before = wholes[:, late].sum(1), wholes[:, base].sum(1)
            level = parts[:, base].sum(1) / before
            error = np.sqrt(level * (1 - level) * (1 / cases + 1 / before))
            apart = parts[:, late].sum(1) / cases - level
        else:
            level, apart = parts[:, base].mean(1), parts[:, late].mean(1) - parts[:, base].mean(1)
            alone = np.sqrt(level) if kind is ChartKind.C else parts[:, base].std(1, ddof=1)
            error = alone * np.sqrt(1 / together + 1 / BASE)
        far |= np.abs(apart) >= 1.8 * error
    return far


def _spots(kind: ChartKind, parts: Sequence[float], wholes: Sequence[float]) -> list[Spot]:
    if kind is ChartKind.P:
        counted = zip(_MONTHS, map(int, parts), map(int, wholes), strict=False)
        return [Spot(month, Fraction(100 * part, whole), part, whole) for month, part, whole in counted]
    return [Spot(month, Fraction(value)) for month, value in zip(_MONTHS, parts, strict=False)]


def _family(kind: ChartKind, size: int, parts: np.ndarray, wholes: np.ndarray) -> Family:
    if size == 1:
        return ALONE
    if kind is not ChartKind.P:
        return Family(size)
    pairs = zip(parts[:, :BASE].tolist(), wholes[:, :BASE].tolist(), strict=True)
    return family_of(size, [list(zip(part, whole, strict=True)) for part, whole in pairs])


def _is_signal(kind: ChartKind, spots: Sequence[Spot], family: Family) -> bool:
    periods = tuple(spot.period for spot in spots)
    known = built_in()
    restless = float(known.on("chart_restless", DAY))
    told = {spot.period: spot for spot in spots}
    found = now(
        Course(_INDICATOR, kind, told, periods, phases(periods, (), BASE), family, restless, 0), known
    )
    return found is not None and found.verdict is Verdict.SIGNAL


# --- projections --------------------------------------------------------------------------

AHEAD = (4, 12, 50)
NOISES = {
    "normal": Name("nhiễu chuẩn", "normal noise"),
    "tails": Name("nhiễu đuôi dày (Student 3)", "heavy tails (Student 3)"),
    "share": Name("tỷ lệ của 100 hồ sơ", "a share of 100 cases"),
    "kept": Name("nhiễu nối nhau (0,3)", "noise that lasts (0.3)"),
}


def projected(noise: str, points: int, series: int = SERIES) -> Row:
    """How often a figure 4, 12 and 50 periods ahead lies in its range, and the level in its own: the period
    of a target is told by the level."""
    chance, tail = np.random.default_rng(SEED), float(built_in().on("pace_tail", DAY))
    places = list(range(1 - points, 1))
    held = np.zeros(2 * len(AHEAD))
    made = _lines(noise, chance, series, points + max(AHEAD))
    for line in made.tolist():
        trend = trend_of(
            [(at, Fraction(value)) for at, value in zip(places, line[:points], strict=True)], tail
        )
        for n, ahead in enumerate(AHEAD):
            level, figure = 40 + 0.4 * (points + ahead - 1), line[points + ahead - 1]
            held[n] += trend.figure(ahead, -1) <= figure <= trend.figure(ahead, 1)
            held[len(AHEAD) + n] += trend.level(ahead, -1) <= level <= trend.level(ahead, 1)
    return Row("projected", noise, points, tuple(round(float(count) / series, 4) for count in held))


def _lines(noise: str, chance: Chance, series: int, length: int) -> np.ndarray:
    level = np.repeat(40 + 0.4 * np.arange(length)[None, :], series, axis=0)
    if noise == "share":
        return chance.binomial(100, level / 100).astype(float)
    if noise == "tails":
        return np.round(level + 2 * chance.standard_t(3, (series, length)), 6)
    made = chance.normal(0, 3, (series, length))
    if noise == "kept":
        for at in range(1, length):
            made[:, at] = 0.3 * made[:, at - 1] + (1 - 0.3**2) ** 0.5 * made[:, at]
    return np.round(level + made, 6)


# --- all of them, and the page -------------------------------------------------------------


def everything(series: int = SERIES) -> Iterator[Row]:
    """Every trial, one after another."""
    for size in (SIZE, 1):
        yield from (stable(trial, size, series) for trial in STABLE)
    for size in (SIZE, 1):
        yield from (falls(trial, size, series) for trial in FALLS)
    for points in (8, 5):
        yield from (projected(noise, points, series) for noise in NOISES)


def parameters() -> dict[str, str]:
    """What the trials depend on, as it is in force."""
    return {name: str(built_in().on(name, DAY)) for name in PARAMETERS}


def keep(rows: Sequence[Row]) -> None:
    """Write what came out, with what it was made with."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerows(["parameter", name, "", value] for name, value in parameters().items())
        out.writerows([row.kind, row.key, row.family, *row.shares] for row in rows)


def kept() -> tuple[dict[str, str], list[Row]]:
    """The parameters and rows that were kept."""
    made_with, rows = {}, []
    with TABLE.open(encoding="utf-8", newline="") as file:
        for kind, key, family, *values in csv.reader(file):
            if kind == "parameter":
                made_with[key] = values[0]
            else:
                rows.append(Row(kind, key, int(family), tuple(float(value) for value in values)))
    return made_with, rows


INTRODUCTION = """\
# Tín hiệu và dự báo: đúng đến đâu · Signals and projections: how far they hold

<!-- Made by tools/signal_trials.py from tools/signal_trials.csv. -->

Mỗi dòng là {series} chuỗi số giả lập (TỔNG HỢP THỬ), hạt giống {seed}. Kỳ gốc 12 tháng. "Nhóm 135": 135 đơn
vị cùng cấp, cùng chỉ số, cùng kỳ, chia nhau trung bình tối đa {family} tín hiệu nhầm mỗi kỳ; "một mình": tối
đa {lone} %.

Each row is {series} made-up series (SYNTHETIC), seed {seed}. The baseline has 12 months. "Family of 135": 135
agencies of one level, indicator and period share at most {family} false signals a period on average; "alone":
at most {lone} %.
"""
_STABLE = """\
## Không có gì thay đổi · Nothing happens

Tháng thứ 24 bị gọi là tín hiệu · The 24th month is called a signal
"""
_FALLS = """\
## Có thay đổi · Something happens

Tìm ra trong 1, 2, 3 tháng · Found within 1, 2, 3 months
"""
_AHEAD = """\
## Dự báo · Projections

Khoảng 80 % chứa số thật khi nhìn trước 4, 12, 50 kỳ; *mức* là mức chung, cho biết kỳ đạt.
The range of 80 % holds what comes 4, 12, 50 periods ahead; *level*: where the line is, which tells the date.
"""


def page() -> str:
    """The page, from what was kept."""
    made_with, rows = kept()
    lone = f"{100 * float(made_with['lone_false_signal']):g}"
    head = INTRODUCTION.format(
        series=f"{SERIES:,}", seed=SEED, family=made_with["family_false_signals"], lone=lone
    )
    lines = [head, _STABLE, "| | nhóm 135 · family of 135 | mỗi kỳ · a period | một mình · alone |"]
    lines.append("|---|---|---|---|")
    found = {(row.kind, row.key, row.family): row.shares for row in rows}
    for trial in STABLE:
        (of_many,), (alone,) = found["stable", trial.key, SIZE], found["stable", trial.key, 1]
        said = (f"{100 * of_many:.2f} %", f"{SIZE * of_many:.2f}", f"{100 * alone:.2f} %")
        lines.append(f"| {_both(trial.name)} | {' | '.join(said)} |")
    lines += ["", _FALLS, "| | nhóm 135 · family of 135 | một mình · alone |", "|---|---|---|"]
    for trial in FALLS:
        said = tuple(_percent(found["falls", trial.key, size]) for size in (SIZE, 1))
        lines.append(f"| {_both(trial.name)} | {' | '.join(said)} |")
    lines += ["", _AHEAD, "| | kỳ đã có · points | số · figure | mức · level |", "|---|---|---|---|"]
    for noise, name in NOISES.items():
        for points in (8, 5):
            shares = found["projected", noise, points]
            lines.append(f"| {_both(name)} | {points} | {_percent(shares[:3])} | {_percent(shares[3:])} |")
    lines += [
        "",
        "Tham số · Parameters: " + ", ".join(f"`{name}` {value}" for name, value in made_with.items()),
    ]
    return "\n".join(lines) + "\n"


def _both(name: Name) -> str:
    return f"{name.vi} · {name.en}"


def _percent(shares: Sequence[float]) -> str:
    return ", ".join(f"{100 * share:.1f}" for share in shares) + " %"


if __name__ == "__main__":
    keep(list(everything()))
    PAGE.write_text(page(), "utf-8")

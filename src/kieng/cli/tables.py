"""Figures as terminal tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from rich import box
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from kieng.cli.screen import language, out
from kieng.judgement.board import BoardRow, Line
from kieng.judgement.phrases import NO_NUMBER, ORIGIN_WORDS, STATE_WORDS, day, part, percent, up_to
from kieng.judgement.precision import stated_of, told
from kieng.judgement.standing import Standing, for_every_standing
from kieng.judgement.target_words import target_text
from kieng.measurement.measurement import Measurement, Status
from kieng.measurement.spans import part_of
from kieng.plan.definitions import Definitions
from kieng.plan.indicator import Indicator
from kieng.records.batch import Origin
from kieng.words import Name

WIDE = 110  # signs in a line, from which titles in two languages need not be broken inside a word
ROOMY = 150  # signs in a line, from which the board has a column for everything

_COLOURS = for_every_standing(
    {
        Standing.MET: "green",
        Standing.ON_COURSE: "cyan",
        Standing.LATE: "yellow",
        Standing.MISSED: "red",
        Standing.OPEN: "yellow",
        Standing.NOT_DUE: "",
        Standing.DUE_NO_FIGURE: "yellow",
        Standing.NO_DATA: "bright_black",
        Standing.CLOSED: "bright_black",
        Standing.UNKNOWN: "bright_black",
    }
)


def speak(name: Name) -> str:
    """A name in the language asked for; Vietnamese where both are wanted, to keep tables narrow."""
    return name.in_language("en" if language() == "en" else "vi")


def beside(name: Name, between: str = " / ") -> str:
    """Vietnamese and English, or the one asked for."""
    return f"{name.vi}{between}{name.en}" if language() == "both" else speak(name)


def heading(vi: str, en: str) -> str:
    """A column's title: one language under the other; where columns are narrow, only one."""
    return beside(Name(vi, en), "\n") if out.width >= WIDE else speak(Name(vi, en))


def legend() -> Text | None:
    """The English of the words in the cells, which stand there in Vietnamese when both are wanted."""
    if language() != "both":
        return None
    words = [
        *(one.words for one in Standing),
        *ORIGIN_WORDS.values(),
        *STATE_WORDS.values(),
        *NO_NUMBER.values(),
    ]
    return Text(" · ".join(f"{word.vi} = {word.en}" for word in words), style="dim")


_BOARD = (
    Name("Chỉ tiêu được giao", "Target"),
    Name("Kế hoạch", "Plan"),
    Name("Cần đạt", "Aim"),
    Name("Hạn", "By"),
    Name("Cấp / đơn vị", "Level / agency"),
    Name("Kết quả", "Figure"),
    Name("Kỳ", "Period"),
    Name("Độ phủ", "Coverage"),
    Name("Mức đạt", "Standing"),
    Name("Nguồn gốc", "Origin"),
)
#: On a screen that is not roomy these columns stand one under the other.
_STACKS = ((0, 1), (2, 3), (4,), (5, 6, 7), (8,), (9,))


def board_table(rows: Sequence[BoardRow], definitions: Definitions) -> Table:
    """Every target with its figure, coverage, standing and origin; stacked on a narrow screen."""
    stacked = out.width < ROOMY
    table = Table(box=box.SIMPLE_HEAD, expand=False, pad_edge=False, show_lines=stacked)
    stacks = _STACKS if stacked else tuple((n,) for n in range(len(_BOARD)))
    for stack in stacks:
        title = _BOARD[stack[0]]
        justify: JustifyMethod = "right" if title.en == "Figure" else "left"
        table.add_column(heading(title.vi, title.en), overflow="fold", justify=justify)
    pillar = None
    for row in rows:
        if row.indicator.pillar != pillar:
            pillar = row.indicator.pillar
            table.add_section()
            table.add_row(Text(speak(definitions.pillars[pillar]), style="bold"))
        cells = _board_cells(row, definitions)
        table.add_row(*(Text("\n").join(cells[n] for n in stack if cells[n]) for stack in stacks))
    return table


def _board_cells(row: BoardRow, definitions: Definitions) -> list[Text]:
    target, aim = row.target, speak(target_text(row.target, row.indicator))
    start = [Text(text) for text in (speak(row.indicator.name), target.plan, aim, speak(day(target.by)))]
    if len(row.lines) == 1:
        return [*start, *_line_cells(row.lines[0], definitions, row.day)]
    level = target.level or target.agency or ""
    words = speak(definitions.tree.levels[level].name) if level in definitions.tree.levels else level
    return [*start, Text(f"{words} ({len(row.lines)})"), Text(""), Text(""), Text(""), _tally(row), _mix(row)]


def _line_cells(line: Line, definitions: Definitions, on: date) -> list[Text]:
    measurement = line.measurement
    return [
        Text(speak(definitions.tree.name(line.agency, on))),
        Text(value_text(measurement, line.indicator)),
        Text(str(line.period or "")),
        Text(coverage_text(measurement)),
        standing_text(line),
        origin_text(measurement),
    ]


def _tally(row: BoardRow) -> Text:
    """How many agencies stand how: "12 Đạt, 40 Chậm tiến độ"."""
    text = Text()
    for standing in Standing:
        if count := row.standings.get(standing):
            text.append(", " if text else "")
            text.append(f"{count} {speak(standing.words)}", style=_COLOURS[standing])
    if row.target.because and any(one.is_closed for one in row.standings):
        text.append(f": {row.target.because}", style=_COLOURS[Standing.CLOSED])
    return text or Text(beside(Name("không có đơn vị nào", "no agency")), style="bright_black")


def _mix(row: BoardRow) -> Text:
    found = {origin for line in row.lines if line.measurement for origin in line.measurement.origins}
    return origins_text([origin for origin in Origin if origin in found])


def standing_text(line: Line | None) -> Text:
    """The standing; of a target that was ended early, with the reason."""
    if line is None:
        return Text("")
    standing = line.judgement.standing
    words = line.judgement.reason if standing.is_closed else standing.words
    return Text(speak(words), style=_COLOURS[standing])


def value_text(
    measurement: Measurement | None, indicator: Indicator, definitions: Definitions | None = None
) -> str:
    """The value with its unit, or which kind of "no number" it is; never an empty cell."""
    if measurement is None:
        return speak(NO_NUMBER[Status.NO_DATA])
    if measurement.value is None:
        return speak(NO_NUMBER[measurement.status])
    state = f" ({speak(STATE_WORDS[measurement.state])})" if measurement.state else ""
    weighted = " ≈" if measurement.weighted else ""
    running = f" ({speak(up_to(measurement.extent))})" if measurement.extent else ""
    value = told(measurement.value, indicator, stated_of(measurement, indicator))
    only = part(part_of(definitions, indicator, measurement)) if definitions else None
    return speak(value) + weighted + state + (f" ({speak(only)})" if only else "") + running


def coverage_text(measurement: Measurement | None) -> str:
    if measurement is None:
        return ""
    coverage = measurement.coverage
    people = "" if coverage.people_share is None else f" · {speak(percent(coverage.people_share, 0))}"
    blanks = f" ({coverage.no_data}∅)" if coverage.no_data else ""
    return f"{coverage.reporting}/{coverage.expected}{blanks}{people}"


def origin_text(measurement: Measurement | None) -> Text:
    return origins_text(measurement.origins if measurement else ())


def origins_text(origins: Iterable[Origin]) -> Text:
    text = Text()
    for origin in origins:
        text.append(", " if text else "")
        text.append(speak(ORIGIN_WORDS[origin]), style="magenta" if origin is Origin.SYNTHETIC else "")
    return text


def figures_table(
    measurements: Sequence[Measurement], definitions: Definitions, lines: Sequence[Line | None]
) -> Table:
    """Measurements of indicators, one row each, in the order given."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for vi, en, justify in (
        ("Chỉ số", "Indicator", "left"),
        ("Đơn vị", "Agency", "left"),
        ("Kỳ", "Period", "left"),
        ("Giá trị", "Value", "right"),
        ("Tử số / mẫu số", "Numerator / denominator", "right"),
        ("Độ phủ", "Coverage", "left"),
        ("Mức đạt", "Standing", "left"),
        ("Nguồn gốc", "Origin", "left"),
    ):
        table.add_column(heading(vi, en), justify=justify, overflow="fold")  # type: ignore[arg-type]
    for one, line in zip(measurements, lines, strict=True):
        indicator = definitions.indicators[one.indicator]
        breakdown = f" · {one.breakdown[0]}={one.breakdown[1]}" if one.breakdown else ""
        table.add_row(
            one.indicator + breakdown,
            speak(definitions.tree.name(one.agency, one.period.last_day)),
            str(one.period),
            value_text(one, indicator, definitions),
            fraction_text(one),
            coverage_text(one),
            standing_text(line),
            origin_text(one),
        )
    return table


def fraction_text(measurement: Measurement) -> str:
    if measurement.numerator is None or measurement.denominator is None:
        return ""
    return f"{plain_number(measurement.numerator)} / {plain_number(measurement.denominator)}"


def plain_number(value: object) -> str:
    text = f"{value:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if language() == "en" else text.translate(str.maketrans(",.", ".,"))

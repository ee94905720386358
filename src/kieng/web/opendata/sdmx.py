"""SDMX-CSV 2.0: one observation a line, with the codes statisticians exchange.

After the field guide of the SDMX working group: ``STRUCTURE[;]`` tells what separates the values of a column
whose name ends in ``[]``; a value that does not exist is an empty field, and ``OBS_STATUS`` says why.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from kieng.measurement.measurement import Measurement, Status
from kieng.plan.period import Grain, Period
from kieng.web.opendata.published import Answer, Figure
from kieng.workspace.json_format import flat

STRUCTURE = ("dataflow", "KIENG:MEASUREMENTS(1.0)", "I")
DIMENSIONS = ("FREQ", "INDICATOR", "REF_AREA", "READING", "BREAKDOWN", "TIME_PERIOD")
COLUMNS = (
    *("STRUCTURE[;]", "STRUCTURE_ID", "ACTION", *DIMENSIONS),
    *("OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "NUMERATOR", "DENOMINATOR"),
    *("RUNNING", "MEASURED_THROUGH"),
    *("COVERAGE_REPORTING", "COVERAGE_EXPECTED", "WEIGHTED", "ORIGIN[]", "LICENCE"),
)
_FREQ = {Grain.MONTH: "M", Grain.QUARTER: "Q", Grain.HALF: "S", Grain.YEAR: "A"}
#: CL_OBS_STATUS: no value exists (M), missing (O), suppressed (Q); estimated, provisional, normal. What
#: counts for a period that is not over is provisional, whoever confirmed its parts.
_STATES = {"estimate": "E", "provisional": "P"}


def period_code(period: Period) -> str:
    """As SDMX writes it: a half is ``S1``."""
    return str(period).replace("-H", "-S")


def _status(one: Figure) -> str:
    if one.hidden:
        return "Q"
    measurement = one.measurement
    if measurement.value is None:
        return "O" if measurement.status is Status.NO_DATA else "M"
    return _STATES.get(measurement.state or "", "P" if measurement.running else "A")


def _breakdown(one: Measurement) -> str:
    if one.breakdown is None:
        return "_T"
    return f"{one.breakdown[0]}:{'_U' if one.breakdown[1] is None else one.breakdown[1]}"


def _row(answer: Answer, one: Figure) -> tuple[str | None, ...]:
    told, measurement = flat(answer.json(one)), one.measurement
    dimensions = (_FREQ[measurement.period.grain], told["indicator"], told["agency"], told["reading"])
    numbers = (told["unit"], told["numerator"], told["denominator"])
    coverage = (told["coverage.reporting"], told["coverage.expected"], told["weighted"])
    origins = ";".join(origin.value for origin in measurement.origins)
    confidential = "C" if one.hidden else "F"
    return (
        *(*STRUCTURE, *dimensions, _breakdown(measurement), period_code(measurement.period)),
        *(told["value"], _status(one), confidential, *numbers),
        *(told["running"], told["measured_through"], *coverage, origins),
        answer.definitions.licence.url,
    )


def sdmx_lines(answers: Iterable[Answer]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for answer in answers:
        writer.writerows(_row(answer, one) for one in answer.figures)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()

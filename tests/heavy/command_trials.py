"""The commands a person types, on anything: an answer and an exit code, never a traceback."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from click.testing import CliRunner, Result
from tests.heavy.making import make
from tests.heavy.plan_trials import mutated_text, text

from kieng.cli.main import kieng
from kieng.records.mapping import FileFormat


def trial(number: int) -> None:
    """An odd number checks a workspace with anything in it, an even one loads anything into a sound one."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        if number % 2:
            _write(folder / "w", mutated_text(Random(number), whole=True))
            answered(run(folder / "w", "check"), (0, 1))
        else:
            load_anything(number, folder)


def load_anything(number: int, folder: Path) -> None:
    made = make(number * 7, folder)
    files = text()
    original = next(b for n, b in files.items() if n == f"mappings/{made.mapping.id}.yaml").decode()
    kept = [line for line in original.splitlines() if not line.startswith("format:")]
    files |= {f"mappings/{made.mapping.id}.yaml": "\n".join([*kept, _format(made.mapping.format)]).encode()}
    _write(folder / "w", files)
    kind = made.mapping.record_type.id
    refused = folder / "refused"
    command = ("load", kind, str(made.path), "--mapping", made.mapping.id, "--by", "test")
    first = run(folder / "w", *command, "--refused", str(refused))
    answered(first, (0, 2))
    again = run(folder / "w", *command, "--refused", str(refused))
    answered(again, (first.exit_code,))
    answered(run(folder / "w", "verify"), (0,))


def _format(form: FileFormat) -> str:
    sheet = f", sheet: {form.sheet}" if form.sheet else ""
    if form.type.value in ("xlsx", "parquet"):
        header = f", header_row: {form.header_row}" if form.type.value == "xlsx" else ""
        return f"format: {{type: {form.type}{header}{sheet}}}\n"
    header = f', header_row: {form.header_row}, delimiter: "{form.delimiter}"' if form.type == "csv" else ""
    return f"format: {{type: {form.type}, encoding: {form.encoding}{header}}}\n".replace("\t", "\\t")


def run(workspace: Path, *arguments: str) -> Result:
    return CliRunner().invoke(kieng, ["-w", str(workspace), *arguments])


def answered(result: Result, codes: tuple[int, ...]) -> None:
    said = result.output + result.stderr
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in codes, (result.exit_code, said[-2_000:])
    assert said.strip(), "not a word"
    assert "Traceback" not in said


def _write(root: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)

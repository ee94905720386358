"""NDJSON, also gzipped: one JSON object per line. Numbers stay exact."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kieng.problems import Place, refuse
from kieng.records.faults import Fault, RowFault, fault
from kieng.records.mapping import FileFormat
from kieng.records.readers.chunk import CHUNK_ROWS, CHUNK_SIZE, Chunk, ObjectChunk, Unreadable
from kieng.records.readers.text_lines import LineError, TextLines, check_encoding, open_text
from kieng.words import composed


class _Refused(ValueError):
    """What JSON allows and we do not."""

    def __init__(self, why: Fault) -> None:
        super().__init__(why.code)
        self.why = why


class NdjsonFile:
    """An NDJSON file. Every row has its own names."""

    names: tuple[str, ...] | None = None

    def __init__(self, path: Path, form: FileFormat, file: str) -> None:
        self._path, self._form, self._file = path, form, file
        self._done = 0
        self._size = path.stat().st_size
        check_encoding(path, form.encoding, file)

    def done(self) -> tuple[int, int]:
        return self._done, self._size

    def chunks(self) -> Iterator[Chunk]:
        with open_text(self._path, self._form.encoding, self._file) as (stream, binary):
            lines = TextLines(stream, self._file)
            ended = False
            while not ended:
                numbers: list[int] = []
                objects: list[dict[str, Any]] = []
                unreadable: list[Unreadable] = []
                lines.size = 0
                ended = self._gather(lines, numbers, objects, unreadable)
                self._done = min(int(getattr(binary, "fileobj", binary).tell()), self._size)
                yield ObjectChunk(numbers, objects, unreadable)

    def _gather(
        self,
        lines: TextLines,
        numbers: list[int],
        objects: list[dict[str, Any]],
        unreadable: list[Unreadable],
    ) -> bool:
        """Read until the chunk is full (False) or the file ends (True)."""
        while len(objects) + len(unreadable) < CHUNK_ROWS and lines.size < CHUNK_SIZE:
            try:
                text = next(lines).strip()
            except StopIteration:
                return True
            except LineError as error:
                text = lines.taken[-1]
                unreadable.append(Unreadable(RowFault(lines.line, fault(str(error))), text))
                continue
            finally:
                lines.forget()
            if text:
                self._read(text, lines.line, numbers, objects, unreadable)
        return False

    def _read(
        self,
        text: str,
        line: int,
        numbers: list[int],
        objects: list[dict[str, Any]],
        unreadable: list[Unreadable],
    ) -> None:
        found, column = _parse(text)
        if isinstance(found, Fault):
            if line == 1 and text.startswith("["):
                raise self._array()
            unreadable.append(Unreadable(RowFault(line, found, column), text))
            return
        numbers.append(line)
        objects.append(found)

    def _array(self) -> Exception:
        why = "The file is one JSON list; here each line has to be an object of its own."
        return refuse(
            Place(self._file, 1, 1), "json-list", why, "Write one object per line, without [ and ]."
        )


def _parse(text: str) -> tuple[dict[str, Any] | Fault, int]:
    """The object, or what is wrong and in which column."""
    try:
        found = _DECODER.decode(text)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False, default=str).encode()  # half a surrogate pair is no text
    except json.JSONDecodeError as error:
        return fault("bad-json", detail=error.msg), error.pos + 1
    except _Refused as error:
        return error.why, 0
    except UnicodeEncodeError:
        return fault("bad-json", detail="half a surrogate pair"), 0
    except RecursionError:
        return fault("bad-json", detail="nested too deeply"), 0
    except (InvalidOperation, ValueError):
        return fault("bad-json", detail="a number of absurd size"), 0
    if not isinstance(found, dict):
        return fault("bad-json", detail="not an object"), 1
    return found, 0


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {composed(name.strip()): value for name, value in pairs}
    if len(found) < len(pairs):
        names = [composed(name.strip()) for name, _ in pairs]
        raise _Refused(fault("duplicate-name", name=next(n for n in names if names.count(n) > 1)))
    return found


def _constant(word: str) -> Any:
    raise _Refused(fault("bad-json", detail=f"{word} is no number"))


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=Decimal, parse_constant=_constant)

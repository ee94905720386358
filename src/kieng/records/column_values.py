"""A whole column converted: each distinct value once where values repeat, else by a kernel, else by cell.

Whichever way, the result is what :class:`~kieng.records.convert.CellReader` makes of every cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kieng.records.column_kernels import Kernel, kernel_for
from kieng.records.column_texts import Mask, flags
from kieng.records.convert import CellReader
from kieng.records.faults import Fault

# Values repeat where a sample shows fewer than one distinct value in so many.
_SAMPLE, _REPEATED = 2_000, 4

Convert = Callable[[Sequence[Any]], list[Any]]


@dataclass(frozen=True)
class Column:
    """``values`` are of the wanted type, null where there is none; ``wrong`` marks rows with a fault."""

    values: pa.Array
    wrong: Mask


def from_cells(raws: Sequence[Any], convert: Convert, wanted: pa.DataType) -> Column:
    """A column by way of its single cells."""
    values = convert(raws)
    if Fault not in set(map(type, values)):
        return Column(pa.array(values, wanted), np.zeros(len(values), np.bool_))
    wrong = [type(value) is Fault for value in values]
    kept = [None if fault else value for value, fault in zip(values, wrong, strict=True)]
    return Column(pa.array(kept, wanted), np.array(wrong, np.bool_))


def from_distinct(raws: pa.DictionaryArray, convert: Convert, wanted: pa.DataType) -> Column:
    """A column by way of its distinct values; a null converts as None does."""
    distinct = from_cells([*raws.dictionary.to_pylist(), None], convert, wanted)
    indices = raws.indices
    if indices.null_count:
        indices = indices.cast(pa.int64()).fill_null(len(raws.dictionary))
    wrong = distinct.wrong[indices.to_numpy()] if distinct.wrong.any() else np.zeros(len(raws), np.bool_)
    return Column(distinct.values.take(indices), wrong)


def repeats(raws: pa.Array) -> bool:
    """Whether values of a column repeat so often that each is worth converting once."""
    if pa.types.is_nested(raws.type) or pa.types.is_null(raws.type):
        return False
    sample = raws.slice(0, _SAMPLE)
    return bool(len(sample) >= _REPEATED * pc.count_distinct(sample).as_py())


def encoded(raws: pa.Array) -> pa.Array:
    """``raws`` with its distinct values apart where that pays."""
    if pa.types.is_dictionary(raws.type):
        return raws if len(raws.dictionary) * _REPEATED <= len(raws) else raws.dictionary_decode()
    return raws.dictionary_encode() if repeats(raws) else raws


class ColumnReader:
    """Converts the columns that one field is mapped to."""

    def __init__(self, reader: CellReader, wanted: pa.DataType) -> None:
        self.cells, self._wanted = reader, wanted
        self._kernels: dict[pa.DataType, Kernel | None] = {}

    def read(self, raws: pa.Array) -> Column:
        raws = encoded(raws)
        if pa.types.is_dictionary(raws.type):
            return from_distinct(raws, self.cells.column, self._wanted)
        if raws.type not in self._kernels:
            self._kernels[raws.type] = kernel_for(self.cells, raws.type)
        kernel = self._kernels[raws.type]
        return self._by_kernel(kernel, raws) if kernel else self.from_cells(raws.to_pylist())

    def from_cells(self, raws: Sequence[Any]) -> Column:
        return from_cells(raws, self.cells.column, self._wanted)

    def constant(self, size: int) -> Column:
        """The value that the mapping itself states, in every row."""
        value = from_cells([self.cells.mapping.constant], self._constants, self._wanted)
        return Column(pa.repeat(value.values[0], size), np.repeat(value.wrong, size))

    def _constants(self, values: Sequence[Any]) -> list[Any]:
        return [self.cells.constant(value) for value in values]

    def _by_kernel(self, kernel: Kernel, raws: pa.Array) -> Column:
        values, sure = kernel(raws)
        unsure = np.flatnonzero(~sure) if not raws.null_count else self._unsure(raws, sure)
        wrong = np.zeros(len(raws), np.bool_)
        if raws.null_count:  # never a fault where there is a kernel: at most a value of its own
            values = pc.if_else(raws.is_valid(), values, self.from_cells([None]).values[0])
        if not len(unsure):
            return Column(values, wrong)
        mended = self.from_cells(raws.take(pa.array(unsure)).to_pylist())
        wrong[unsure] = mended.wrong
        return Column(_replaced(values, unsure, mended.values), wrong)

    def _unsure(self, raws: pa.Array, sure: Mask) -> Any:
        return np.flatnonzero(~sure & flags(raws.is_valid()))


def _replaced(values: pa.Array, places: Any, by: pa.Array) -> pa.Array:
    """``values`` with those at ``places`` replaced."""
    if len(places) == len(values):
        return by
    mask = np.zeros(len(values), np.bool_)
    mask[places] = True
    return pc.replace_with_mask(values, pa.array(mask), by)

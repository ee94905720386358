"""YAML read with the place of every value, and without YAML's guesses.

All text files of a workspace are read through this one door. Values stay the text that was written
until somebody asks for a date, a number or a yes: ``no`` is the text "no", ``00123`` keeps its zeros.

How a loader uses it::

    top = read_yaml(path, problems, root)          # None when the file cannot be read at all
    section = top.section()                         # a mapping; list files: top.sections()
    name = section.name("name")                     # required: records a problem when missing
    until = section.optional_day("until")          # None when missing
    section.no_other_keys()                         # names every key nobody asked for

A required reader that finds nothing usable records a problem and gives a harmless stand-in, so that
the loader goes on and finds the next problem; ``section.sound`` says whether that happened. Nothing
made from an unsound section may be used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from kieng.plan.dated import year_is_known
from kieng.plan.number_text import AMBIGUOUS_NUMBER, read_number
from kieng.plan.text_file import place_in, read_text, shown_path
from kieng.problems import Place, Problems, near
from kieng.words import Name, composed

E = TypeVar("E", bound=StrEnum)
V = TypeVar("V")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_DEEPEST = 1_000
_STAND_IN_DATE = date(1900, 1, 1)
_BLOCK_HEADER = re.compile(r"[|>][^\n]*\n")


class Located:
    """One YAML value and where it stands."""

    def __init__(self, node: yaml.Node, file: str, text: str, problems: Problems) -> None:
        self._node = node
        self._file = file
        self._text = text
        self.problems = problems

    @property
    def place(self) -> Place:
        return Place(self._file, self._node.start_mark.line + 1, self._node.start_mark.column + 1)

    @property
    def is_null(self) -> bool:
        return self._node.tag == "tag:yaml.org,2002:null"

    @property
    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self._node, yaml.SequenceNode)

    @property
    def scalar(self) -> str | None:
        """The text of a scalar as written, in NFC; None for a list, a mapping or null."""
        if isinstance(self._node, yaml.ScalarNode) and not self.is_null:
            return composed(str(self._node.value))
        return None

    def child(self, node: yaml.Node) -> Located:
        return Located(node, self._file, self._text, self.problems)

    def problem(self, code: str, why: str, remedy: str) -> None:
        """Record that this value is wrong."""
        self.problems.add(self.place, code, why, remedy, self.scalar)

    def place_at(self, offset: int) -> Place:
        """The place of the ``offset``-th character of this scalar's value, also when it is quoted,
        folded or written over several lines."""
        value = str(self._node.value)
        start, end = self._node.start_mark.index, self._node.end_mark.index
        raw = self._text[start:end]
        header = _BLOCK_HEADER.match(raw)
        at = header.end() if header else 0
        found = at
        for character in value[: offset + 1]:
            if not character.isspace():
                found = raw.find(character, at)
                if found < 0:
                    return self.place
                at = found + 1
        return place_in(self._file, self._text, start + found)

    # --- what it is asked to be --------------------------------------------------------

    def section(self) -> Section | None:
        """This value as a mapping."""
        if not isinstance(self._node, yaml.MappingNode):
            self.problem("not-a-mapping", "Here named values are expected.", "Write `key: value` lines.")
            return None
        return Section(self)

    def items(self) -> list[Located]:
        """The values of a list; a value that is no list is a problem."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.problem("not-a-list", "Here a list is expected.", "Write [a, b] or one `- ` line per value.")
            return []
        return [self.child(node) for node in self._node.value]

    def sections(self) -> list[Section]:
        """A list of mappings; a single mapping counts as a list of one."""
        values = [self] if self.is_mapping else self.items()
        return [section for value in values if (section := value.section()) is not None]

    def text(self) -> str | None:
        scalar = self.scalar
        if scalar is None or not scalar.strip():
            self.problem("not-a-text", "Here a text is expected.", "Write a text that is not empty.")
            return None
        return scalar.strip()

    def day(self) -> date | None:
        return self.day_in(self.scalar or "")

    def day_in(self, text: str) -> date | None:
        """The day that ``text``, a part of this value, names."""
        if not _DATE.fullmatch(text.strip()):
            self.problem("not-a-date", "Here a date is expected.", "Write year-month-day, as in 2025-12-31.")
            return None
        try:
            found = date.fromisoformat(text.strip())
        except ValueError:
            self.problem("no-such-day", "This day is not in the calendar.", "Correct the day.")
            return None
        return found if year_is_known(found, self.problem) else None

    def decimal(self) -> Decimal | None:
        scalar = (self.scalar or "").strip()
        number = read_number(scalar, self.problem)
        if number is None:
            self.problem("not-a-number", "Here a number is expected.", "Write digits and a point: 1234.5.")
        return number

    def integer(self) -> int | None:
        number = self.decimal()
        if number is not None and number != number.to_integral_value():
            self.problem("not-a-whole-number", "Here a whole number is expected.", "Leave out the decimals.")
            return None
        return None if number is None else int(number)

    def boolean(self) -> bool | None:
        scalar = (self.scalar or "").strip().lower()
        if scalar not in _BOOLEANS:
            self.problem("not-true-or-false", "Here yes or no is expected.", "Write true or false.")
            return None
        return _BOOLEANS[scalar]

    def choice(self, options: type[E]) -> E | None:
        scalar = (self.scalar or "").strip()
        values = [option.value for option in options]
        if scalar not in values:
            self.problem("unknown-choice", "This is not one of the possible words.", near(scalar, values))
            return None
        return options(scalar)

    def name(self) -> Name | None:
        """``{vi: …, en: …}``."""
        section = self.section()
        if section is None:
            return None
        name = Name(section.text("vi"), section.text("en"))
        section.no_other_keys()
        return name

    def words(self) -> Name | None:
        """``{vi: …, en: …}``, or one text that both languages show."""
        if self.is_mapping:
            return self.name()
        text = self.text()
        return None if text is None else Name(text, text)


class Section:
    """A mapping whose keys are asked for by name."""

    def __init__(self, located: Located) -> None:
        self.located = located
        self.problems = located.problems
        self._values: dict[str, Located] = {}
        self._keys: dict[str, Located] = {}
        self._asked: list[str] = []
        self._sound = True
        for key_node, value_node in located._node.value:
            self._take(located.child(key_node), located.child(value_node))

    def _take(self, key: Located, value: Located) -> None:
        word = key.scalar
        if word is None:
            self._fault(key, "key-not-a-text", "A key has to be one word.", "Write `key: value`.")
        elif word in self._keys:
            why = f"This key stands here twice, first on line {self._keys[word].place.line}."
            self._fault(key, "duplicate-key", why, "Keep one of the two.")
        else:
            self._keys[word], self._values[word] = key, value

    def _fault(self, at: Located, code: str, why: str, remedy: str) -> None:
        self._sound = False
        at.problem(code, why, remedy)

    @property
    def place(self) -> Place:
        return self.located.place

    @property
    def sound(self) -> bool:
        """False once a problem was found through this section."""
        return self._sound

    def problem(self, key: str, code: str, why: str, remedy: str) -> None:
        """Record that the value of ``key`` (or, without it, the whole section) is wrong."""
        self._fault(self._values.get(key, self.located), code, why, remedy)

    def keys(self) -> list[str]:
        """Every key, in the order of the text. For mappings whose keys are names people choose."""
        self._asked += [key for key in self._keys if key not in self._asked]
        return list(self._keys)

    def key_place(self, key: str) -> Place:
        return self._keys[key].place if key in self._keys else self.place

    def place_of(self, key: str) -> Place:
        """Where the value of ``key`` stands (the section's own place when it is missing)."""
        return self._values[key].place if key in self._values else self.place

    def get(self, key: str) -> Located | None:
        """The value of ``key``; None when it is missing or null."""
        if key not in self._asked:
            self._asked.append(key)
        value = self._values.get(key)
        return None if value is None or value.is_null else value

    def has(self, key: str) -> bool:
        return self.get(key) is not None

    def need(self, key: str) -> Located | None:
        """The value of ``key``; a problem when it is missing."""
        value = self.get(key)
        if value is None:
            at = self._keys.get(key, self.located)
            self._fault(at, "missing-key", f"`{key}` is missing here.", f"Add a line `{key}: …`.")
        return value

    def no_other_keys(self) -> None:
        """Name every key that nobody has asked for, with the one that was probably meant."""
        for word, key in self._keys.items():
            if word not in self._asked:
                self._fault(key, "unknown-key", "Nothing here has this key.", near(word, self._asked))

    # --- required, and optional ------------------------------------------------------------

    def _read(self, value: Located | None, reader: Callable[[Located], V | None]) -> V | None:
        """``reader`` on ``value``, remembering whether it complained."""
        if value is None:
            return None
        before = len(self.problems)
        result = reader(value)
        new = self.problems.found[before:]
        self._sound = self._sound and all(problem.code == AMBIGUOUS_NUMBER for problem in new)
        return result

    def _required(self, key: str, reader: Callable[[Located], V | None], stand_in: V) -> V:
        result = self._read(self.need(key), reader)
        return stand_in if result is None else result

    def text(self, key: str) -> str:
        return self._required(key, Located.text, "")

    def optional_text(self, key: str) -> str | None:
        return self._read(self.get(key), Located.text)

    def day(self, key: str) -> date:
        return self._required(key, Located.day, _STAND_IN_DATE)

    def optional_day(self, key: str) -> date | None:
        return self._read(self.get(key), Located.day)

    def decimal(self, key: str) -> Decimal:
        return self._required(key, Located.decimal, Decimal(0))

    def optional_decimal(self, key: str) -> Decimal | None:
        return self._read(self.get(key), Located.decimal)

    def optional_integer(self, key: str) -> int | None:
        return self._read(self.get(key), Located.integer)

    def boolean(self, key: str, default: bool) -> bool:
        result = self._read(self.get(key), Located.boolean)
        return default if result is None else result

    def choice(self, key: str, options: type[E], default: E | None = None) -> E:
        """One word of ``options``; required unless there is a ``default``."""
        value = self.need(key) if default is None else self.get(key)
        result = self._read(value, lambda at: at.choice(options))
        return result or default or next(iter(options))

    def name(self, key: str) -> Name:
        return self._required(key, Located.name, Name("", ""))

    def optional_name(self, key: str) -> Name | None:
        return self._read(self.get(key), Located.name)

    def words(self, key: str) -> Name:
        return self._required(key, Located.words, Name("", ""))

    def optional_words(self, key: str) -> Name | None:
        return self._read(self.get(key), Located.words)

    def items(self, key: str) -> list[Located]:
        """The values of a list; empty when the key is missing."""
        return self._read(self.get(key), Located.items) or []

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when the key is missing."""
        found = (self._read(item, Located.text) for item in self.items(key))
        return tuple(text for text in found if text is not None)

    def section(self, key: str) -> Section | None:
        """A mapping inside this one; None when missing. Call ``need`` first if it is required."""
        return self._read(self.get(key), Located.section)

    def sections(self, key: str) -> list[Section]:
        """A list of mappings; empty when the key is missing."""
        return self._read(self.get(key), Located.sections) or []

    def read(self, key: str, reader: Callable[[Located], V | None]) -> V | None:
        """What ``reader`` makes of a value; None when missing."""
        return self._read(self.get(key), reader)


def read_yaml(path: Path, problems: Problems, root: Path) -> Located | None:
    """The one YAML document in ``path``. Places carry the path relative to ``root``. None, with a problem
    recorded, when there is no readable document: not UTF-8, broken YAML, empty, nested beyond reason."""
    file = shown_path(path, root)
    text = read_text(path, problems, root)
    if text is None:
        return None
    try:
        node = _composed(text)
    except yaml.MarkedYAMLError as error:
        _broken(file, error, problems)
        return None
    except yaml.reader.ReaderError as error:
        why = "The file holds a control character that YAML does not allow."
        problems.add(place_in(file, text, error.position), "broken-yaml", why, "Delete that character.")
        return None
    except RecursionError:
        why = "The values are nested too deeply."
        problems.add(Place(file), "too-deep", why, "Write the file with a few levels of indentation.")
        return None
    if node is None:
        problems.add(Place(file), "empty-file", "There is nothing in this file.", "Fill it or delete it.")
        return None
    return Located(node, file, text, problems)


def _composed(text: str) -> yaml.Node | None:
    """By the loader in C, seven times as quick, where that is safe: values nested tens of thousands deep end
    the process in it. What it refuses, the other one tells of."""
    deepest = text.count("[") + text.count("{") + max(map(len, text.splitlines()), default=0)
    if yaml.__with_libyaml__ and deepest <= _DEEPEST and "\t" not in text:  # it takes more tabs
        with suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=yaml.CSafeLoader)
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _broken(file: str, error: yaml.MarkedYAMLError, problems: Problems) -> None:
    mark = error.problem_mark or error.context_mark
    place = Place(file) if mark is None else Place(file, mark.line + 1, mark.column + 1)
    said = error.problem or "unreadable"
    if "'\\t'" in said:
        problems.add(place, "tab", "A tab stands where YAML wants spaces.", "Indent with spaces.")
        return
    if isinstance(error, yaml.composer.ComposerError) and "single document" in str(error.context):
        why = "There are two documents in one file."
        problems.add(place, "two-documents", why, "Delete the line `---` or make two files.")
        return
    why = f"This is not readable YAML: {said}."
    remedy = "Check indentation, colons and brackets; quote texts with `: ` or ` #` inside."
    problems.add(place, "broken-yaml", why, remedy)

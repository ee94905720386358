"""A formula's text read into nodes; whatever is not in the language is refused at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from sqlglot import exp

from kieng.plan.formula import grammar
from kieng.plan.formula.nodes import (
    Aggregate,
    AggregateKind,
    And,
    Arithmetic,
    Coalesce,
    Combine,
    Compare,
    Comparison,
    Constant,
    CutOff,
    DaysBetween,
    Earlier,
    EarlierUnit,
    FieldRef,
    Formula,
    InList,
    IsNull,
    Literal,
    Not,
    OnTime,
    Operation,
    Or,
    Ratio,
    Row,
    Value,
)
from kieng.problems import Place, UserError, near, refuse
from kieng.words import composed

Locate = Callable[[int], Place]

_NUMBER = re.compile(r"\d{1,18}(\.\d{0,6})?", re.ASCII)
_VALUES = f"{', '.join(grammar.AGGREGATES)}, {', '.join(grammar.OVER_TIME)} and + - * /"
_ROWS = (
    "fields, 'text', numbers, = <> < <= > >=, and, or, not, is null, in, between, "
    f"{', '.join(grammar.ROW_FUNCTIONS)} and cut_off"
)
_COMPARISONS: dict[type[exp.Expr], Comparison] = {
    exp.EQ: Comparison.EQ,
    exp.NEQ: Comparison.NE,
    exp.LT: Comparison.LT,
    exp.LTE: Comparison.LE,
    exp.GT: Comparison.GT,
    exp.GTE: Comparison.GE,
}
_OPERATIONS: dict[type[exp.Expr], Operation] = {
    exp.Add: Operation.ADD,
    exp.Sub: Operation.SUBTRACT,
    exp.Mul: Operation.MULTIPLY,
}
_KINDS = {
    "sum": AggregateKind.SUM,
    "min": AggregateKind.MIN,
    "max": AggregateKind.MAX,
    "latest": AggregateKind.LATEST,
    "median": AggregateKind.PERCENTILE,
    "percentile": AggregateKind.PERCENTILE,
}


def parse(text: str, place: Place, locate: Locate | None = None) -> Formula:
    """The formula that ``text`` says. ``locate`` gives the place of the n-th character of ``text``
    (by default counted from ``place``, where the text begins).

    Raises UserError with the place and what there is instead.
    """
    reader, tree = _begin(text, place, locate)
    return Formula(text, reader.value(tree), place)


def parse_condition(text: str, place: Place, locate: Locate | None = None) -> Row:
    """A condition on one record, as it stands after ``where``. Raises UserError."""
    reader, tree = _begin(text, place, locate)
    return reader.row(tree)


def _begin(text: str, place: Place, locate: Locate | None) -> tuple[_Reader, exp.Expr]:
    reader = _Reader(text, locate or (lambda offset: _advance(place, text, offset)))
    try:
        return reader, grammar.syntax_tree(text)
    except grammar.SyntaxFault as fault:
        remedy = f"A formula is made of {_VALUES}; inside the brackets stand {_ROWS}."
        at = reader.locate(fault.offset)
        raise refuse(at, "formula-syntax", f"{fault}.", remedy, reader.rest(fault.offset)) from None


def _advance(place: Place, text: str, offset: int) -> Place:
    before = text[:offset]
    lines = before.count("\n")
    column = offset - before.rfind("\n") if lines else place.column + offset
    return Place(place.file, place.line + lines, column)


class _Reader:
    """Turns sqlglot's tree into nodes, one small method per kind of tree."""

    def __init__(self, text: str, locate: Locate) -> None:
        self.text = text
        self.locate = locate

    def rest(self, offset: int) -> str:
        return self.text[offset : offset + 40]

    def offset(self, tree: exp.Expr) -> int:
        return min((node.meta["start"] for node in tree.walk() if "start" in node.meta), default=0)

    def place(self, tree: exp.Expr) -> Place:
        return self.locate(self.offset(tree))

    def refused(self, tree: exp.Expr, code: str, why: str, remedy: str) -> UserError:
        offset = self.offset(tree)
        return refuse(self.locate(offset), code, why, remedy, self.rest(offset))

    # --- the indicator's number ---------------------------------------------------------------

    def value(self, tree: exp.Expr) -> Value:
        match tree:
            case exp.Paren():
                return self.value(tree.this)
            case exp.Literal(is_string=False):
                return Constant(Decimal(self.number(tree)), self.place(tree))
            case exp.Neg():
                return self.negative(tree)
            case exp.Add() | exp.Sub() | exp.Mul():
                left, right = self.value(tree.this), self.value(tree.expression)
                return Combine(_OPERATIONS[type(tree)], left, right, self.place(tree))
            case exp.Div():
                return Ratio(self.value(tree.this), self.value(tree.expression), self.place(tree))
            case grammar.Call():
                return self.aggregate(tree)
            case exp.Anonymous() if tree.name.lower() in grammar.OVER_TIME:
                return self.earlier(tree)
            case exp.Column():
                remedy = "Put it into an aggregate, as in sum(x) or count(where x)."
                raise self.refused(tree, "field-outside-aggregate", "A field belongs to one record.", remedy)
            case exp.Anonymous():
                raise self.unknown_function(tree)
            case _:
                remedy = f"There are: {_VALUES}."
                raise self.refused(tree, "not-in-language", "This is no number of many records.", remedy)

    def negative(self, tree: exp.Neg) -> Value:
        part, place = self.value(tree.this), self.place(tree)
        if isinstance(part, Constant):
            return Constant(-part.value, place)
        return Combine(Operation.SUBTRACT, Constant(Decimal(0), place), part, place)

    def earlier(self, tree: exp.Anonymous) -> Earlier:
        (part,) = self.arguments(tree, 1)
        unit = EarlierUnit.PERIOD if tree.name.lower() == "previous" else EarlierUnit.YEAR
        return Earlier(self.value(part), unit, self.place(tree))

    def aggregate(self, call: grammar.Call) -> Value:
        name, place = call.args["name"], self.place(call)
        self.check_call(call)
        argument = self.row(call.this) if call.this else None
        where = self.row(call.args["where"]) if call.args.get("where") else None
        match name:
            case "count" if argument is None:
                return Aggregate(AggregateKind.COUNT, None, where, None, place)
            case "count":
                return Aggregate(AggregateKind.COUNT_DISTINCT, argument, where, None, place)
            case "mean":
                return self.mean(argument, where, place)
            case "share":
                return self.share(argument, where, place)
            case _:
                return Aggregate(_KINDS[name], argument, where, self.fraction(call), place)

    def check_call(self, call: grammar.Call) -> None:
        """Each aggregate has just the parts it needs."""
        name, args = call.args["name"], call.args
        has_argument, distinct = args.get("this") is not None, bool(args.get("distinct"))
        if name == "count" and has_argument != distinct:
            remedy = "Write count(where …), count(where x is not null) or count(distinct x)."
            raise self.refused(call, "wrong-arguments", "`count` counts records.", remedy)
        if name != "count" and (distinct or not has_argument):
            why = f"`{name}` needs one field or expression."
            raise self.refused(call, "wrong-arguments", why, f"Write {name}(x where …).")
        if name == "share" and args.get("where") is None:
            raise self.refused(call, "wrong-arguments", "`share` has two conditions.", "Write share(A of B).")
        if (name == "percentile") != (args.get("fraction") is not None):
            remedy = "Write percentile(x, 0.9 where …), and no second argument elsewhere."
            raise self.refused(call, "wrong-arguments", "Only `percentile` has a fraction.", remedy)

    def fraction(self, call: grammar.Call) -> Decimal | None:
        if call.args["name"] == "median":
            return Decimal("0.5")
        tree = call.args.get("fraction")
        if tree is None:
            return None
        if isinstance(tree, exp.Literal) and not tree.is_string:
            number = Decimal(self.number(tree))
            if 0 <= number <= 1:
                return number
        raise self.refused(
            tree, "wrong-arguments", "The fraction lies between 0 and 1.", "Write 0.9 for nine of ten."
        )

    def mean(self, argument: Row | None, where: Row | None, place: Place) -> Ratio:
        """``mean(x)``: sum over the count of the records that have an ``x``, so that it adds up."""
        assert argument is not None
        known = Not(IsNull(argument, place), place)
        counted = _both(where, known, place)
        total = Aggregate(AggregateKind.SUM, argument, where, None, place)
        return Ratio(total, Aggregate(AggregateKind.COUNT, None, counted, None, place), place)

    def share(self, part: Row | None, whole: Row | None, place: Place) -> Ratio:
        """``share(A of B)``: of the records for which B holds, the part for which A holds too."""
        assert part is not None
        counted = Aggregate(AggregateKind.COUNT, None, _both(whole, part, place), None, place)
        return Ratio(counted, Aggregate(AggregateKind.COUNT, None, whole, None, place), place)

    # --- about one record ---------------------------------------------------------------------

    def row(self, tree: exp.Expr) -> Row:
        match tree:
            case exp.Paren():
                return self.row(tree.this)
            case exp.Column():
                return self.field(tree)
            case exp.Literal() | exp.Boolean() | exp.Null() | exp.Cast():
                return self.literal(tree)
            case exp.And() | exp.Or():
                return self.connected(tree)
            case exp.Not():
                return Not(self.row(tree.this), self.place(tree))
            case exp.Is() | exp.In() | exp.Between():
                return self.predicate(tree)
            case exp.EQ() | exp.NEQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
                return self.comparison(tree)
            case exp.Add() | exp.Sub() | exp.Mul() | exp.Neg() | exp.Div():
                return self.arithmetic(tree)
            case exp.Anonymous():
                return self.function(tree)
            case _:
                raise self.not_about_one_record(tree)

    def not_about_one_record(self, tree: exp.Expr) -> UserError:
        if isinstance(tree, grammar.Call):
            why = "An aggregate cannot stand inside another one's brackets."
            return self.refused(tree, "aggregate-inside", why, "Keep conditions about one record.")
        why = "This is not part of the formula language."
        return self.refused(tree, "not-in-language", why, f"There are: {_ROWS}.")

    def field(self, tree: exp.Column) -> Row:
        if isinstance(tree.this, exp.Identifier) and tree.this.args.get("quoted"):
            remedy = f"Write '{tree.name}' for a text, or the field's name without quotes."
            raise self.refused(tree, "double-quotes", "Double quotes are not used here.", remedy)
        if tree.args.get("table") or not tree.name.isidentifier():
            why = "A field is one word."
            raise self.refused(tree, "not-in-language", why, "Write only the field's name.")
        if tree.name.lower() == "cut_off":
            return CutOff(self.place(tree))
        return FieldRef(tree.name, self.place(tree))

    def literal(self, tree: exp.Expr) -> Literal:
        place = self.place(tree)
        match tree:
            case exp.Null():
                return Literal(None, place)
            case exp.Boolean():
                return Literal(bool(tree.this), place)
            case exp.Literal(is_string=True):
                return Literal(composed(tree.name), place)
            case exp.Literal():
                return Literal(self.number(tree), place)
            case exp.Neg(this=exp.Literal(is_string=False) as number):
                return Literal(-self.number(number), place)
            case exp.Cast() if tree.to.this == exp.DType.DATE and tree.this.is_string:
                return Literal(self.day(tree), place)
            case _:
                raise self.not_about_one_record(tree)

    def number(self, tree: exp.Literal) -> int | Decimal:
        if not _NUMBER.fullmatch(tree.name):
            remedy = "Write digits, at most 18 before the point and 6 after it."
            raise self.refused(tree, "not-a-number", "This number cannot be kept exactly.", remedy)
        return Decimal(tree.name) if "." in tree.name else int(tree.name)

    def day(self, tree: exp.Cast) -> date:
        try:
            return date.fromisoformat(tree.this.name)
        except ValueError:
            remedy = "Write date '2024-12-31': year, month, day."
            raise self.refused(tree, "not-a-date", "This is not a day.", remedy) from None

    def connected(self, tree: exp.And | exp.Or) -> And | Or:
        parts = tuple(self.row(part) for part in _flat(tree, type(tree)))
        return And(parts, self.place(tree)) if isinstance(tree, exp.And) else Or(parts, self.place(tree))

    def predicate(self, tree: exp.Is | exp.In | exp.Between) -> Row:
        part, place = self.row(tree.this), self.place(tree)
        match tree:
            case exp.Is() if isinstance(tree.expression, exp.Null):
                return IsNull(part, place)
            case exp.In() if tree.expressions:
                return InList(part, tuple(self.listed(item) for item in tree.expressions), place)
            case exp.Between() if not tree.args.get("symmetric"):
                low = Compare(Comparison.GE, part, self.row(tree.args["low"]), place)
                return And((low, Compare(Comparison.LE, part, self.row(tree.args["high"]), place)), place)
            case _:
                remedy = "Write `x is null`, `x is not null`, `x in ('a', 'b')` or `x between 1 and 2`."
                raise self.refused(tree, "not-in-language", "This test does not exist.", remedy)

    def listed(self, tree: exp.Expr) -> Literal:
        literal = self.literal(tree)
        if literal.value is None:
            remedy = "Write `x in (…) or x is null`."
            raise self.refused(tree, "null-compared", "Nothing is ever equal to null.", remedy)
        return literal

    def comparison(self, tree: exp.Binary) -> Compare:
        for side in (tree.left, tree.right):
            if isinstance(side, exp.Null):
                remedy = "Write `x is null` or `x is not null`."
                raise self.refused(tree, "null-compared", "Nothing is ever equal to null.", remedy)
        left, right = self.row(tree.left), self.row(tree.right)
        return Compare(_COMPARISONS[type(tree)], left, right, self.place(tree))

    def arithmetic(self, tree: exp.Expr) -> Row:
        place = self.place(tree)
        if isinstance(tree, exp.Div):
            remedy = "Divide aggregates: sum(a) / sum(b)."
            why = "A division inside a record makes a ratio of each record, which cannot be added up."
            raise self.refused(tree, "division-in-record", why, remedy)
        if not isinstance(tree, exp.Neg):
            left, right = self.row(tree.this), self.row(tree.expression)
            return Arithmetic(_OPERATIONS[type(tree)], left, right, place)
        if isinstance(tree.this, exp.Literal):
            return self.literal(tree)
        return Arithmetic(Operation.SUBTRACT, Literal(0, place), self.row(tree.this), place)

    def function(self, tree: exp.Anonymous) -> Row:
        name, place = tree.name.lower(), self.place(tree)
        match name:
            case "coalesce":
                return Coalesce(tuple(self.row(part) for part in self.arguments(tree, None)), place)
            case "days" | "working_days":
                start, end = self.arguments(tree, 2)
                return DaysBetween(self.row(start), self.row(end), name == "working_days", place)
            case "on_time":
                (clock,) = self.arguments(tree, 1)
                if isinstance(clock, exp.Literal) and clock.is_string:
                    return OnTime(clock.name, place)
                remedy = "Write on_time('nd61'), with the clock's id in quotes."
                raise self.refused(clock, "wrong-arguments", "A clock is named by its id.", remedy)
            case _:
                raise self.unknown_function(tree)

    def arguments(self, tree: exp.Anonymous, count: int | None) -> list[exp.Expr]:
        found = list(tree.expressions)
        if len(found) != count if count else len(found) < 2:
            wanted = f"{count}" if count else "two or more"
            why = f"`{tree.name}` has {wanted} arguments, not {len(found)}."
            raise self.refused(tree, "wrong-arguments", why, "Give it just what it needs.")
        return found

    def unknown_function(self, tree: exp.Anonymous) -> UserError:
        name = tree.name.lower()
        if name in grammar.ROW_FUNCTIONS:
            remedy = f"Put it into an aggregate, as in count(where {name}(…))."
            return self.refused(tree, "field-outside-aggregate", f"`{name}` is about one record.", remedy)
        if name in grammar.OVER_TIME:
            why = f"`{name}` is about an indicator's number, not about one record."
            return self.refused(tree, "not-in-language", why, f"Write {name}(sum(x)).")
        known = (*grammar.AGGREGATES, *grammar.OVER_TIME, *grammar.ROW_FUNCTIONS)
        return self.refused(tree, "unknown-function", "There is no such function.", near(name, known))


def _both(first: Row | None, second: Row, place: Place) -> Row:
    return second if first is None else And((first, second), place)


def _flat(tree: exp.Expr, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    """The operands of a chain of one connective, without going as deep as the chain is long."""
    stack = [tree]
    while stack:
        node = stack.pop()
        while isinstance(node, exp.Paren):
            node = node.this
        if isinstance(node, kind):
            stack += [node.args["expression"], node.this]
        else:
            yield node

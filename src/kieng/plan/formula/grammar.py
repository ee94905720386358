"""The grammar of formulas: a small sqlglot dialect.

sqlglot splits the text and parses it; this module only says which words there are and how our
aggregates' brackets are read (``count(where …)``, ``share(A of B)``). What the tree means is said in
:mod:`kieng.plan.formula.parse`.
"""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp, parser, tokens
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

#: A formula longer or more tangled than this is no rule that anyone could explain.
MOST_CHARACTERS = 10_000
MOST_TOKENS = 1_500
MOST_DEPTH = 60

AGGREGATES = ("count", "sum", "min", "max", "latest", "mean", "median", "percentile", "share")
OVER_TIME = ("previous", "last_year")
ROW_FUNCTIONS = ("coalesce", "days", "working_days", "on_time")


class SyntaxFault(ParseError):  # type: ignore[misc, unused-ignore]
    """The text is no formula; ``offset`` is the character at which that shows."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class Call(exp.Expression):
    """One aggregate: ``name(this [, fraction] [where …])`` or ``share(this of where)``."""

    arg_types: ClassVar[dict[str, bool]] = {
        "name": True,
        "this": False,
        "where": False,
        "fraction": False,
        "distinct": False,
    }


class _Tokenizer(tokens.Tokenizer):
    COMMENTS: ClassVar[list[str | tuple[str, str]]] = []
    # Only the words of the language are special, so that fields may be called limit, rank or percent.
    KEYWORDS: ClassVar[dict[str, TokenType]] = {
        "AND": TokenType.AND,
        "OR": TokenType.OR,
        "NOT": TokenType.NOT,
        "IS": TokenType.IS,
        "IN": TokenType.IN,
        "BETWEEN": TokenType.BETWEEN,
        "NULL": TokenType.NULL,
        "TRUE": TokenType.TRUE,
        "FALSE": TokenType.FALSE,
        "WHERE": TokenType.WHERE,
        "DISTINCT": TokenType.DISTINCT,
        "DATE": TokenType.DATE,
        "<=": TokenType.LTE,
        ">=": TokenType.GTE,
        "<>": TokenType.NEQ,
        "!=": TokenType.NEQ,
    }


#: Words that cannot be the name of a field.
RESERVED = frozenset(word.lower() for word in _Tokenizer.KEYWORDS if word.isalpha()) | {"of", "cut_off"}


class _Parser(parser.Parser):
    FUNCTIONS: ClassVar = {}
    NO_PAREN_FUNCTION_PARSERS: ClassVar = {}
    PRIMARY_PARSERS: ClassVar = {
        **parser.Parser.PRIMARY_PARSERS,
        TokenType.NULL: lambda self, token: exp.Null().update_positions(token),
        TokenType.TRUE: lambda self, token: exp.Boolean(this=True).update_positions(token),
        TokenType.FALSE: lambda self, token: exp.Boolean(this=False).update_positions(token),
    }
    FUNCTION_PARSERS: ClassVar = {name.upper(): lambda self: self.aggregate() for name in AGGREGATES}

    def aggregate(self) -> exp.Expr:
        """What stands between the brackets of an aggregate."""
        name = self._tokens[self._index - 2]
        call = Call(name=name.text.lower())
        call.update_positions(name)
        call.set("distinct", bool(self._match(TokenType.DISTINCT)))
        if not self._match(TokenType.STAR) and not self._at(TokenType.R_PAREN, TokenType.WHERE):
            call.set("this", self._parse_disjunction())
        if self._match(TokenType.COMMA):
            call.set("fraction", self._parse_bitwise())
        if self._match(TokenType.WHERE) or (call.args["name"] == "share" and self._match_text_seq("OF")):
            call.set("where", self._parse_disjunction())
            if call.args.get("where") is None:
                self.raise_error("A condition is missing")
        if not self._at(TokenType.R_PAREN):
            self.raise_error("A closing bracket is missing")
        return call

    def _at(self, *types: TokenType) -> bool:
        return bool(self._curr) and self._curr.token_type in types

    def raise_error(self, message: str, token: Token | None = None) -> None:
        at = token or self._curr
        raise SyntaxFault(_plain(message), at.start if at else len(self.sql))

    def tree(self, text: str, found: list[Token]) -> exp.Expr | None:
        """The tree of one formula; None for an empty one."""
        trees = self._parse(parser.Parser._parse_disjunction, found, text)
        if len(trees) != 1:
            raise SyntaxFault("There is more than one formula", text.find(";"))
        return trees[0]


class FormulaDialect(Dialect):
    """SQL's expressions with our aggregates."""

    tokenizer_class = _Tokenizer


def syntax_tree(text: str) -> exp.Expr:
    """``text`` parsed. Raises :class:`SyntaxFault` for whatever is no expression, however hostile."""
    if len(text) > MOST_CHARACTERS:
        raise SyntaxFault(f"A formula has at most {MOST_CHARACTERS} characters", MOST_CHARACTERS)
    found = _tokens(text)
    if len(found) > MOST_TOKENS:
        raise SyntaxFault(f"A formula has at most {MOST_TOKENS} words and signs", found[MOST_TOKENS].start)
    try:
        tree = _Parser(dialect=FormulaDialect()).tree(text, found)
    except RecursionError:
        raise SyntaxFault("The brackets are nested too deeply", 0) from None
    if tree is None:
        raise SyntaxFault("There is no formula", 0)
    if _depth(tree) > MOST_DEPTH:
        raise SyntaxFault("The formula is nested too deeply", 0)
    return tree


def _depth(tree: exp.Expr) -> int:
    """How deep ``tree`` is, a chain of ``and`` (or of ``or``) counting as one step."""
    deepest, stack = 0, [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        for child in node.iter_expressions():
            same = isinstance(child, exp.Connector) and type(child) is type(node)
            stack.append((child, depth if same else depth + 1))
    return deepest


def _tokens(text: str) -> list[Token]:
    try:
        return FormulaDialect().tokenize(text)
    except TokenError:
        raise SyntaxFault("A quoted text does not end", max(text.rfind("'"), text.rfind('"'), 0)) from None


def _plain(message: str) -> str:
    """sqlglot's message without its class names."""
    if message.startswith("Required keyword"):
        return "Something is missing here"
    if message.startswith("Invalid expression"):
        return "This cannot follow here"
    return message

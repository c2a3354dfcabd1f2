"""The small grammar of the population filter: comparisons joined by and, or, not.

Text in, a frozen tree out; nothing is evaluated here and nothing is ever passed to `eval`::

    expression  = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation    = "not" negation | "(" expression ")" | comparison
    comparison  = name ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) literal
                | name [ "not" ] "in" "[" literal { "," literal } "]"
                | name "is" [ "not" ] "missing"
    literal     = 'text' | "text" | number | true | false | 2020-01-31 (a date)
"""

import re
from dataclasses import dataclass
from datetime import date

__all__ = [
    "And",
    "Comparison",
    "Expression",
    "ExpressionError",
    "IsMissing",
    "Literal",
    "Membership",
    "Not",
    "Or",
    "expression_text",
    "names_in",
    "parse_expression",
]

Literal = str | float | int | bool | date
TOKEN = re.compile(
    r"""\s*(?:
      (?P<date>\d{4}-\d{2}-\d{2}) |
      (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?) |
      (?P<text>'[^']*'|"[^"]*") |
      (?P<name>[A-Za-z][A-Za-z0-9_.]*) |
      (?P<mark>==|!=|<=|>=|<|>|\(|\)|\[|\]|,)
    )""",
    re.VERBOSE,
)
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
WORDS = {"and", "or", "not", "in", "is", "missing", "true", "false"}
DEEPEST = 20


class ExpressionError(ValueError):
    """The text does not follow the grammar; the sentence says where."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A column against one literal."""

    name: str
    operator: str
    literal: Literal


@dataclass(frozen=True, slots=True)
class Membership:
    """A column in a list of literals."""

    name: str
    literals: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class IsMissing:
    """A column that has no value."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds."""

    parts: tuple["Expression", ...]


Expression = Comparison | Membership | IsMissing | Not | And | Or


def parse_expression(text: str) -> Expression:
    """Read a condition into its tree, or raise `ExpressionError` saying at which character."""
    reader = _Reader(_tokens(text))
    tree = reader.disjunction(0)
    reader.expect_end()
    return tree


def names_in(expression: Expression) -> tuple[str, ...]:
    """Return the columns that a condition uses, in order of appearance, each once."""
    match expression:
        case Comparison(name=name) | Membership(name=name) | IsMissing(name=name):
            return (name,)
        case Not(part=part):
            return names_in(part)
        case And(parts=parts) | Or(parts=parts):
            return tuple(dict.fromkeys(name for part in parts for name in names_in(part)))


def expression_text(expression: Expression) -> str:
    """Return a condition as it would be written; reading it back gives the same tree."""
    match expression:
        case Comparison(name=name, operator=operator, literal=literal):
            return f"{name} {operator} {_literal_text(literal)}"
        case Membership(name=name, literals=literals):
            return f"{name} in [{', '.join(_literal_text(literal) for literal in literals)}]"
        case IsMissing(name=name):
            return f"{name} is missing"
        case Not(part=IsMissing(name=name)):
            return f"{name} is not missing"
        case Not(part=part):
            return f"not ({expression_text(part)})"
        case And(parts=parts):
            return " and ".join(_within(part) for part in parts)
        case Or(parts=parts):
            return " or ".join(_within(part) for part in parts)


def _within(part: Expression) -> str:
    text = expression_text(part)
    return f"({text})" if isinstance(part, And | Or) else text


def _literal_text(literal: Literal) -> str:
    if isinstance(literal, bool):
        return "true" if literal else "false"
    if isinstance(literal, date):
        return literal.isoformat()
    if isinstance(literal, str):
        return f'"{literal}"' if "'" in literal else f"'{literal}'"
    return repr(literal)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise ExpressionError(f"cannot read character {start + 1}: {text[start]!r}")
        kind = match.lastgroup
        word = match.group(kind)
        tokens.append(_Token(word if word in WORDS else kind, word, match.start(kind)))
        at = match.end()
    return tokens


class _Reader:
    """Walks along the tokens; one method per line of the grammar."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.index = 0

    def disjunction(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise ExpressionError(f"brackets are nested more than {DEEPEST} deep")
        parts = [self.conjunction(depth)]
        while self.accept("or"):
            parts.append(self.conjunction(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self, depth: int) -> Expression:
        parts = [self.negation(depth)]
        while self.accept("and"):
            parts.append(self.negation(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negation(self, depth: int) -> Expression:
        if self.accept("not"):
            return Not(self.negation(depth + 1)) if depth < DEEPEST else self.disjunction(depth + 1)
        if self.accept_mark("("):
            inside = self.disjunction(depth + 1)
            self.expect_mark(")")
            return inside
        return self.comparison()

    def comparison(self) -> Expression:
        name = self.expect("name", "a column name").text
        if self.accept("is"):
            negative = self.accept("not")
            self.expect("missing", "`missing`")
            return Not(IsMissing(name)) if negative else IsMissing(name)
        if self.accept("not"):
            self.expect("in", "`in`")
            return Not(Membership(name, self.literals()))
        if self.accept("in"):
            return Membership(name, self.literals())
        mark = self.expect("mark", "a comparison such as ==")
        if mark.text not in COMPARISONS:
            raise ExpressionError(_expected("a comparison such as ==", mark))
        return Comparison(name, mark.text, self.literal())

    def literals(self) -> tuple[Literal, ...]:
        self.expect_mark("[")
        found = [self.literal()]
        while self.accept_mark(","):
            found.append(self.literal())
        self.expect_mark("]")
        return tuple(found)

    def literal(self) -> Literal:
        token = self.next("a value")
        match token.kind:
            case "text":
                return token.text[1:-1]
            case "true" | "false":
                return token.kind == "true"
            case "number":
                return float(token.text) if set(token.text) & set(".eE") else int(token.text)
            case "date":
                return _day(token)
            case "name":
                raise ExpressionError(f"quote the text {token.text!r} at character {token.at + 1}")
        raise ExpressionError(_expected("a value", token))

    def next(self, wanted: str) -> _Token:
        if self.index == len(self.tokens):
            raise ExpressionError(f"ends where {wanted} is expected")
        self.index += 1
        return self.tokens[self.index - 1]

    def accept(self, kind: str) -> bool:
        found = self.index < len(self.tokens) and self.tokens[self.index].kind == kind
        self.index += found
        return found

    def accept_mark(self, mark: str) -> bool:
        here = self.tokens[self.index : self.index + 1]
        found = bool(here) and here[0].kind == "mark" and here[0].text == mark
        self.index += found
        return found

    def expect(self, kind: str, wanted: str) -> _Token:
        token = self.next(wanted)
        if token.kind != kind:
            raise ExpressionError(_expected(wanted, token))
        return token

    def expect_mark(self, mark: str) -> None:
        token = self.next(f"`{mark}`")
        if token.text != mark:
            raise ExpressionError(_expected(f"`{mark}`", token))

    def expect_end(self) -> None:
        if self.index < len(self.tokens):
            raise ExpressionError(_expected("`and`, `or` or the end", self.tokens[self.index]))


def _day(token: _Token) -> date:
    try:
        return date.fromisoformat(token.text)
    except ValueError:
        raise ExpressionError(f"no such date at character {token.at + 1}") from None


def _expected(wanted: str, token: _Token) -> str:
    return f"{wanted} is expected at character {token.at + 1}, not {token.text!r}"

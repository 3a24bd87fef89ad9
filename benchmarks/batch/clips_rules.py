"""clipspy: the rulebook as CLIPS rules, made from its rules and run company by company.

A company is one fact. A rule sets a bit of a number, and one call brings the numbers over; what other rules
rest on is asserted as a fact too. Of a decision's rules the first that holds counts, as in a decision table.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any

import clips
from answers import Answer, Shape
from decision_rows import DecisionTable, tables

import dottedline
from dottedline.conditions import AllOf, AnyOf, Condition, FactValue, Test, tests
from dottedline.inference import as_fact

#: Bits in one integer of CLIPS.
_BITS = 60


class Clips:
    """A rulebook in an environment of CLIPS.

    Args:
        book: the rulebook.
        facts: what is known of a company.
    """

    def __init__(self, book: dottedline.Rulebook, facts: Sequence[str]) -> None:
        self._book = book
        self._tables = [table for table in tables(book) if table.rows]
        self._sets = {id for id in facts if book.vocabulary.facts[id].type == "set"}
        named = {name for unit in book.network.units.values() for name in unit.unit.needs}
        #: The decisions that others rest on. (A finding may be called as a fact is.)
        self._needed = named & book.data.decisions.keys()
        self._environment = clips.Environment()
        # It loses some memory with every set, and says so when it is thrown away: it is kept.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._environment))
        slots = " ".join(f"({'multislot' if id in self._sets else 'slot'} {_name(id)})" for id in facts)
        self._environment.build(f"(deftemplate company {slots})")
        #: The bits of each table, in the order of its rows.
        self._bits: dict[str, list[int]] = {}
        rules = list(self._rules())
        count = -(-sum(map(len, self._bits.values())) // _BITS)
        for n in range(count):
            self._environment.build(f"(defglobal ?*fired{n}* = 0)")
        for rule in rules:
            self._environment.build(rule)
        every = " ".join(f"?*fired{n}*" for n in range(count))
        self._environment.build(f"(deffunction fired () (create$ {every}))")
        self._fired = self._environment.find_function("fired")

    @staticmethod
    def encode(companies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Companies as slots of a fact; many times faster than facts as text, which CLIPS has to parse."""
        return [{_name(id): _slot(value) for id, value in company.items()} for company in companies]

    def evaluate(self, companies: Sequence[Mapping[str, Any]]) -> list[int]:
        """The rules that fired for each company, as bits."""
        environment, fired = self._environment, self._fired
        template = environment.find_template("company")
        found = []
        for company in companies:
            environment.reset()
            template.assert_fact(**company)
            environment.run()
            found.append(sum(int(bits) << n * _BITS for n, bits in enumerate(fired())))
        environment.reset()
        return found

    def answers(self, given: Sequence[int], shape: Shape) -> list[Answer]:
        """What fired as answers."""
        table_of = {table.id: table for table in self._tables}

        def row(table: DecisionTable, fired: int) -> int | None:
            # Without a condition, a row has no rule: it holds where none before it does.
            bits = self._bits[table.id]
            found = next((n for n, bit in enumerate(bits) if fired >> bit & 1), len(bits))
            return found if found < len(table.rows) else None

        out = []
        for fired in given:
            decisions: list[Any] = []
            for id in shape.decisions:
                number = row(table_of[id], fired)
                assert number is not None
                decisions.append(table_of[id].rows[number].gives)
            shown: list[Any] = [
                (id, table_of[id].rows[0].gives)
                for id in shape.findings
                if id in table_of and row(table_of[id], fired) is not None
            ]
            out.append(Answer(tuple(decisions), tuple(shown)))
        return out

    def _rules(self) -> Any:
        number = 0
        for table in self._tables:
            bits = self._bits[table.id] = []
            for n, row in enumerate(table.rows):
                condition = _simple(row.condition)
                needed = table.id in self._needed
                if condition == AllOf() and not table.is_finding and not needed:
                    continue
                conditions = self._patterns(condition)
                actions = (
                    f"(bind ?*fired{number // _BITS}* (+ ?*fired{number // _BITS}* {1 << number % _BITS}))"
                )
                if needed:
                    # Only the first row that holds may say what others rest on.
                    conditions += f" (not ({table.id} ?))"
                    actions += f" (assert ({table.id} {_value(self._passed_on(table, n))}))"
                yield f"(defrule {table.id}-{n} (declare (salience {-n})) {conditions} => {actions})"
                bits.append(number)
                number += 1

    def _passed_on(self, table: DecisionTable, row: int) -> FactValue:
        gives = table.rows[row].gives
        assert isinstance(gives, tuple)
        value = as_fact(self._book.data, table.id, gives[1])
        return value if value is not None else str(gives[0])

    def _patterns(self, condition: Condition) -> str:
        """Patterns that match once where the condition holds."""
        alone = [condition] if isinstance(condition, Test) else condition.parts
        if isinstance(condition, AnyOf) or not all(isinstance(part, Test) for part in alone):
            return self._tested(condition)
        slots: dict[str, list[Test]] = {}
        derived = []
        for test in alone:
            assert isinstance(test, Test)
            if test.fact in self._needed:
                derived.append(f"({test.fact} {_constraint([test])})")
            else:
                slots.setdefault(test.fact, []).append(test)
        inside = " ".join(f"({_name(id)} {_constraint(parts)})" for id, parts in slots.items())
        return " ".join([f"(company {inside})", *derived])

    def _tested(self, condition: Condition) -> str:
        """The same for what can hold in several ways: all that it rests on, and one expression."""
        facts = dict.fromkeys(test.fact for test in tests(condition))
        slots = " ".join(
            f"({_name(id)} {'$' if id in self._sets else ''}?{_name(id)})"
            for id in facts
            if id not in self._needed
        )
        derived = [f"({id} ?{id})" for id in facts if id in self._needed]
        return " ".join([f"(company {slots})", *derived, f"(test {_expression(condition)})"])


def _simple(condition: Condition) -> Condition:
    """The condition without parts in parts of the same kind."""
    if isinstance(condition, Test):
        return condition
    kind = type(condition)
    parts: list[Condition] = []
    for part in map(_simple, condition.parts):
        parts += part.parts if isinstance(part, kind) else [part]
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _constraint(together: Sequence[Test]) -> str:
    """What a slot has to meet."""
    parts = []
    for test in together:
        values = sorted(map(_value, test.values))
        if test.operator == "is":
            parts.append("|".join(values))
        elif test.operator == "is_not":
            parts += [f"~{value}" for value in values]
        else:
            if not any("?" in part for part in parts):
                dollar = "$" if test.operator in ("includes", "excludes") else ""
                parts.insert(0, f"{dollar}?{_name(test.fact)}")
            parts.append(f":{_expression(test)}")
    return "&".join(parts)


def _expression(condition: Condition) -> str:
    if not isinstance(condition, Test):
        joined = " ".join(_expression(part) for part in condition.parts)
        return f"({'and' if isinstance(condition, AllOf) else 'or'} {joined})"
    variable = f"?{_name(condition.fact)}"
    values = sorted(map(_value, condition.values))
    if condition.operator == "within":
        assert condition.bounds is not None
        sides = zip((">=", "<=", ">", "<"), _sides(condition), strict=True)
        text = " ".join(f"({sign} {variable} {side})" for sign, side in sides if side is not None)
        return f"(not (and {text} TRUE))" if condition.negated else f"(and {text} TRUE)"
    if condition.operator in ("is", "is_not"):
        parts = [f"(eq {variable} {value})" for value in values]
    else:
        parts = [f"(member$ {value} ${variable})" for value in values]
    text = parts[0] if len(parts) == 1 else f"(or {' '.join(parts)})"
    return text if condition.operator in ("is", "includes") else f"(not {text})"


def _sides(test: Test) -> tuple[float | None, ...]:
    assert test.bounds is not None
    return test.bounds.at_least, test.bounds.at_most, test.bounds.above, test.bounds.below


def _name(id: str) -> str:
    return id.replace(".", "_")


def _value(value: object) -> str:
    return str(value).upper() if isinstance(value, bool) else str(value)


def _slot(value: object) -> object:
    if isinstance(value, frozenset):
        return tuple(clips.Symbol(element) for element in sorted(value))
    return clips.Symbol(_value(value)) if isinstance(value, (bool, str)) else value

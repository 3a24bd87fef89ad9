"""What became of mutants, in words."""

from __future__ import annotations

from typing import Any

from ...conditions import AllOf, AnyOf, Condition, FactValue, Test
from ...language import N_, _, counted
from ...library import Rulebook
from ...present.explanation import CODE
from .alterations import Alterations
from .judging import Fate
from .mutants import Mutant
from .mutating import Mutation
from .suggesting import suggested
from .words import Lines, in_yaml, located

#: What is told of all mutants of one fate, before they are listed.
_HEADINGS: dict[Fate, str] = {
    "survives": N_("No case notices:"),
    "equivalent": N_("Proved to give every company the same results, modalities and rules:"),
    "refused": N_("Refused, because rules conflict:"),
    "caught": N_("Caught by a case:"),
}


def mutation_lines(book: Rulebook, mutation: Mutation, *, everything: bool) -> Lines:
    """What became of all mutants: those that survive, and those that make no difference, one by one.

    Args:
        book: the rulebook.
        mutation: the mutants, judged.
        everything: whether those that are caught or refused are listed as well.
    """
    words = MutantWords(book)
    yield from summary_lines(mutation)
    fates: tuple[Fate, ...] = ("caught", "refused", "equivalent", "survives")
    for fate in fates if everything else fates[2:]:
        found = mutation.of(fate)
        if found:
            yield 0, "", ""
            yield 0, _(_HEADINGS[fate]), "bold"
        for number, outcome in enumerate(found, 1):
            yield 2, located(words.told(outcome.mutant), outcome.place), ""
            if outcome.judged.by:
                yield 4, outcome.judged.by, "dim"
            if outcome.judged.difference is not None:
                case = suggested(outcome.judged.difference, f"{outcome.mutant.about}-{number}")
                yield from suggestion_lines(case)


def summary_lines(mutation: Mutation) -> Lines:
    """How many mutants there are, and what became of them, in numbers."""
    counts = {fate: len(mutation.of(fate)) for fate in _HEADINGS}
    yield 0, counted("{n} mutant", "{n} mutants", len(mutation.outcomes)), "bold"
    yield 2, _("{number} caught by a case").format(number=counts["caught"]), ""
    yield 2, _("{number} refused, because rules conflict").format(number=counts["refused"]), ""
    yield 2, _("{number} proved to make no difference").format(number=counts["equivalent"]), ""
    style = "bold red" if counts["survives"] else "bold green"
    yield 2, _("{number} that no case notices").format(number=counts["survives"]), style


def suggestion_lines(case: dict[str, Any]) -> Lines:
    """A case that would notice a mutant, as a file of cases has it."""
    yield 4, _("a case would notice it, if the source says so:"), "dim"
    yield 6, f"- id: {case['id']}", CODE
    for key, value in case.items():
        if key != "id":
            yield 8, f"{key}: {in_yaml(value)}", CODE


def as_json(book: Rulebook, mutation: Mutation) -> dict[str, Any]:
    """What became of all mutants, as JSON values."""
    words = MutantWords(book)
    told = []
    for number, each in enumerate(mutation.outcomes, 1):
        difference = each.judged.difference
        case = None if difference is None else suggested(difference, f"{each.mutant.about}-{number}")
        told.append({"says": words.told(each.mutant), **each.to_dict(), "case": case})
    return {**{fate: len(mutation.of(fate)) for fate in _HEADINGS}, "mutants": told}


class MutantWords:
    """Mutants of a rulebook in words, with what they alter in the rule language."""

    def __init__(self, book: Rulebook) -> None:
        self.alterations = Alterations(book.network)

    def told(self, mutant: Mutant) -> str:
        """What a mutant alters, on one line."""
        about, key = mutant.about, mutant.key
        if mutant.altered is not None:
            return self._of_condition(mutant)
        if key == "rule":
            return _("`{about}` is left out").format(about=about)
        if key in ("when", "unless", "not_applicable"):
            return _("`{key}` of `{about}` is left out").format(key=key, about=about)
        if key == "inferred":
            return _("`{about}` is not marked as inferred").format(about=about)
        if key == "overrides":
            return _("`{about}` does not override `{other}`").format(about=about, other=mutant.before)
        told = {
            "modality": _("the modality of `{about}` is `{after}`, not `{before}`"),
            "outcome": _("the outcome of `{about}` is `{after}`, not `{before}`"),
            "silent": _("`{about}` concludes `{after}`, not silence"),
            "open": _("`{about}` leaves open `{after}`, not `{before}`"),
        }[key]
        if mutant.choice and key == "modality":
            told = _("the modality of the choice `{choice}` of `{about}` is `{after}`, not `{before}`")
        elif not mutant.after:
            told = _("`{about}` concludes silence, not `{before}`")
            if mutant.choice:
                told = _("`{about}` does not leave `{before}` open")
        return told.format(about=about, before=mutant.before, after=mutant.after, choice=mutant.choice)

    def _of_condition(self, mutant: Mutant) -> str:
        altered = mutant.altered
        assert altered is not None
        before = self.in_yaml(altered.part)
        if altered.how == "left_out":
            told = _("in `{key}` of `{about}`, `{before}` is left out")
            return told.format(key=mutant.key, about=mutant.about, before=before)
        told = _("in `{key}` of `{about}`, `{before}` is `{after}`")
        assert altered.becomes is not None
        after = self.in_yaml(altered.becomes)
        return told.format(key=mutant.key, about=mutant.about, before=before, after=after)

    def in_yaml(self, condition: Condition) -> str:
        """A condition as the rule language has it, on one line."""
        family = self.alterations.family(condition)
        turned = isinstance(condition, AllOf) and self.alterations.family(AnyOf(condition.parts))
        if isinstance(condition, Test):
            return f"{condition.fact}: {_test(condition)}"
        first = condition.parts[0] if condition.parts else None
        if family and isinstance(first, Test):
            return f"{family}.*: {_test(first)}"
        if turned and isinstance(first, Test):
            return f"all {turned}.*: {_test(first)}"
        parts = ", ".join("{" + self.in_yaml(part) + "}" for part in condition.parts)
        return f"{'any' if isinstance(condition, AnyOf) else 'all'}: [{parts}]"


def _test(test: Test) -> str:
    values = [_word(value) for value in sorted(test.values, key=str)]
    named = values[0] if len(values) == 1 else f"[{', '.join(values)}]"
    if test.bounds is not None:
        given = {key: getattr(test.bounds, key) for key in ("at_least", "at_most", "above", "below")}
        bounds = "{" + ", ".join(f"{key}: {value:g}" for key, value in given.items() if value is not None) + "}"
        return f"not {bounds}" if test.negated else bounds
    operator = {"is_not": "not", "includes": "includes", "excludes": "excludes"}.get(test.operator)
    return f"{{{operator}: {named}}}" if operator else named


def _word(value: FactValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

"""What became of cases, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...answer import json_value
from ...conditions import FactValue
from ...language import N_, _, counted, list_of, number_of
from ...library import Rulebook
from ...problems import Span
from ...reasons import RuleTrace
from .cases import Expected, Miss, Value
from .coverage import KINDS, Coverage, Kind
from .running import Result, Run

#: Lines of text, each with how far it is indented, and its style.
Lines = Iterator[tuple[int, str, str]]

_EXPECTED = {
    "passes_on": N_("`{about}` is {found}, not {expected}"),
    "status": N_("the status of `{about}` is {found}, not {expected}"),
    "outcome": N_("the outcome of `{about}` is {found}, not {expected}"),
    "options": N_("the options of `{about}` are {found}, not {expected}"),
    "option_modalities": N_("the options of `{about}` are {found}, not {expected}"),
    "modality": N_("the modality of `{about}` is {found}, not {expected}"),
    "rules": N_("the rules of `{about}` are {found}, not {expected}"),
    "overridden": N_("the rules that give way in `{about}` are {found}, not {expected}"),
    "state": N_("the finding `{about}` is {found}, not {expected}"),
    "rule": N_("the rule of the finding `{about}` is {found}, not {expected}"),
}


def miss_in_words(miss: Miss) -> str:
    """What is not as a case expects, on one line."""
    expected = miss.expected
    if expected.what == "fires":
        told = _("the rule `{about}` does not fire") if expected.value else _("the rule `{about}` fires")
        return told.format(about=expected.about)
    return _(_EXPECTED[expected.what]).format(
        about=expected.about, found=_value(miss.found), expected=_value(expected.value)
    )


def located(text: str, span: Span | None) -> str:
    """A text with the place that it is about."""
    return text if span is None else f"{span}: {text}"


def _value(value: Value) -> str:
    if isinstance(value, frozenset):
        return list_of([f"`{word}`" for word in sorted(value)], "unit") or _("none")
    return _("none") if value is None else f"`{value}`"


def facts_in_yaml(facts: Mapping[str, object]) -> str:
    """Facts as one writes them into a case, on one line."""
    return "{" + ", ".join(f"{id}: {in_yaml(value)}" for id, value in facts.items()) + "}"


def in_yaml(value: object) -> str:
    """A value as YAML has it, on one line."""
    value = json_value(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(in_yaml(item) for item in value) + "]"
    return facts_in_yaml(value) if isinstance(value, dict) else str(value)


def failure_lines(book: Rulebook, result: Result) -> Lines:
    """A case that fails: what it is, and how what is expected differs from what there is.

    The difference is told in the language of cases, so that it can be put in where the case is wrong.
    """
    case = result.case
    yield 0, _("the case `{case}` fails: {says}").format(case=case.name, says=case.says), "bold"
    yield 2, _("facts: {facts}").format(facts=facts_in_yaml(_given(result))), "dim"
    for number in case.guidance:
        says = book.data.guidance[number].says
        yield 2, _("item {number}: {says}").format(number=number, says=says), "dim"
    of_rules = [miss for miss in result.misses if miss.expected.what == "fires"]
    others: dict[str, list[Miss]] = {}
    for miss in result.misses:
        if miss.expected.what != "fires":
            others.setdefault(miss.expected.about, []).append(miss)
    for about, misses in others.items():
        yield 2, located(f"`{about}`", misses[0].expected.span), ""
        for miss in misses:
            yield 4, f"- {in_a_case(miss.expected, miss.expected.value)}", "red"
            yield 4, f"+ {in_a_case(miss.expected, miss.found)}", "green"
        said = result.said[about]
        if said is not None and said.fired:
            fired = list_of([f"`{id}`" for id in sorted(said.fired)], "unit")
            yield 4, _("there fire: {rules}").format(rules=fired), "dim"
    for miss in of_rules:
        yield 2, located(miss_in_words(miss), miss.expected.span), ""
        if miss.expected.value:
            for line in _why_not(book, result, miss.expected.about):
                yield 4, line, "dim"


def in_a_case(expected: Expected, value: Value) -> str:
    """A value as a case that expects it has it."""
    words = sorted(value) if isinstance(value, frozenset) else []
    told = {
        "option_modalities": "{" + ", ".join(words) + "}",
        "options": f"[{', '.join(words)}]",
        "rules": f"[{', '.join(words)}]",
        "overridden": f"[{', '.join(words)}]",
    }.get(expected.what, str(value) if value is not None else _("none"))
    key = {"option_modalities": "options", "passes_on": expected.about}.get(expected.what, expected.what)
    return f"{key}: {told}"


def _given(result: Result) -> Mapping[str, FactValue]:
    profile = result.case.profile
    known = {**profile.facts, **profile.records}
    return {id: known[id] for id in known if id not in profile.answered}  # type: ignore[misc]


def _why_not(book: Rulebook, result: Result, rule: str) -> Iterator[str]:
    """Why a rule does not fire."""
    consulted = book if result.case.with_inferred else book.without_inferred()
    trace = _trace(consulted, result, rule)
    if trace is None:
        yield _("it is inferred, and left out here")
        return
    if trace.overridden_by:
        winners = list_of([f"`{id}`" for id in trace.overridden_by], "unit")
        yield _("it gives way to {rules}").format(rules=winners)
    yield from _blocking(trace)


def _trace(book: Rulebook, result: Result, rule: str) -> RuleTrace | None:
    for decision in book.data.decisions.values():
        if rule in {each.id for each in decision.rules} | {each.rule for each in decision.alternatives}:
            traces = book.explain(result.case.profile, decision.id).rules
            return next(trace for trace in traces if trace.id == rule)
    return None


def _blocking(trace: RuleTrace) -> Iterator[str]:
    """The tests that keep a rule from firing."""
    for reading, wanted in ((trace.when, True), (trace.unless, False)):
        if reading is None or (reading.truth is True) == wanted:
            continue
        for test in reading.tests():
            if (test.truth is True) != wanted:
                value = _("unknown") if test.value is None else in_yaml(test.value)
                told = _("its `when` asks that `{fact}` {wants}; it is {value}")
                if not wanted:
                    told = _("its `unless` holds: `{fact}` {wants}; it is {value}")
                yield told.format(wants=test.wants, fact=test.fact, value=value)


# --- coverage ---------------------------------------------------------------------------

_KINDS: Mapping[Kind, str] = {
    "rules": N_("rules: {reached} of {total} fire in a case ({percent} %)"),
    "items": N_("guidance items: {reached} of {total} are carried by what a case reaches ({percent} %)"),
    "rows": N_("table rows: {reached} of {total} are met by a case ({percent} %)"),
}


def coverage_lines(book: Rulebook, coverage: Coverage, *, rows: bool) -> Lines:
    """What the cases reach, in numbers, and what none does.

    Args:
        book: the rulebook.
        coverage: what is reached.
        rows: whether each unreached row is told, or only how many a decision has.
    """
    for kind in KINDS:
        measure = coverage.measure(kind)
        percent = _number(measure.percent)
        told = _(_KINDS[kind]).format(reached=measure.reached, total=measure.total, percent=percent)
        yield 0, told, ""
        for indent, text in _unreached(book, coverage, kind, rows=rows):
            yield indent, text, ""


def _unreached(book: Rulebook, coverage: Coverage, kind: Kind, *, rows: bool) -> Iterator[tuple[int, str]]:
    if kind == "rules":
        for id in coverage.unreached_rules:
            yield 2, _("no case fires `{rule}`").format(rule=id)
    elif kind == "items":
        for number in coverage.unreached_items:
            item = book.data.guidance[number]
            yield 2, _("no case reaches item {number}: {says}").format(number=number, says=item.says)
    elif rows:
        for row in coverage.unreached_rows:
            told = _("no case meets this row of `{name}`: {rules}")
            if not row.holds:
                told = _("no case meets the row of `{name}` in which no rule holds")
            yield 2, told.format(name=row.about, rules=list_of(row.holds, "unit"))
            yield 4, _("for example: {facts}").format(facts=facts_in_yaml(row.facts))
    elif coverage.unreached_rows:
        for id, measure in coverage.rows_of.items():
            if measure.reached < measure.total:
                told = _("`{name}`: {reached} of {total}")
                yield 2, told.format(name=id, reached=measure.reached, total=measure.total)
        yield 2, _("--rows lists those that are left, with facts that meet them")


def too_little(kind: Kind, percent: float, wanted: float) -> str:
    """That less is covered than was asked for."""
    told = {
        "rules": _("the cases fire {percent} % of the rules, less than {wanted} %"),
        "items": _("the cases reach {percent} % of the guidance items, less than {wanted} %"),
        "rows": _("the cases meet {percent} % of the table rows, less than {wanted} %"),
    }
    return told[kind].format(percent=_number(percent), wanted=_number(wanted))


def _number(percent: float) -> str:
    return number_of(int(percent) if percent == int(percent) else percent)


def summary_lines(run: Run) -> Lines:
    """How many cases pass, and how many fail."""
    passed = counted("{n} case passes", "{n} cases pass", len(run.results) - len(run.failed))
    if not run.failed:
        yield 0, passed, "bold green"
        return
    failed = counted("{n} case fails", "{n} cases fail", len(run.failed))
    yield 0, list_of([failed, passed], "unit"), "bold red"

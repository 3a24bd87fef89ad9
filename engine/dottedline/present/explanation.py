"""An explanation in words: rule by rule, what it asks and what it found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ..answer import Answer, DecisionAnswer
from ..language import N_, _, counted, list_of
from ..reasons import Explanation, Reading, RuleTrace, subject_label, value_label
from ..rulebook import RulebookData
from ..why_not import WhyNot
from ..words import after, quoted, sentence
from .prose import Prose
from .report import change_text, decision_entry, finding_entry, marked
from .tags import SAID

_MARKS = {True: N_("yes"), False: N_("no"), None: N_("unknown")}

#: Words with the style in which a terminal shows them.
Line = tuple[int, str, str]


def explanation_lines(book: RulebookData, explanation: Explanation, answer: Answer) -> Iterator[Line]:
    """The explanation as lines: (indent, text, style)."""
    decision = explanation.decision
    yield 0, decision.title, "bold"
    yield 0, decision.asks, ""
    if explanation.answer is not None:
        entry = decision_entry(book, explanation.answer, answer)
        yield 0, f"{entry.lead} [{list_of(entry.tags, 'unit')}]", "bold cyan"
    for finding in explanation.findings:
        entry = finding_entry(book, finding)
        yield 0, f"{entry.heading} [{list_of(entry.tags, 'unit')}]", "bold yellow"
    if explanation.not_applicable is not None and explanation.not_applicable.truth is True:
        yield 0, _("It does not apply, because:"), ""
        yield from _reading(book, explanation.not_applicable, 2)
    for state, title in (
        ("fired", _("Rules that fired")),
        ("overridden", _("Rules that gave way")),
        ("blocked", _("Rules that were blocked")),
        ("not_fired", _("Rules that did not fire")),
    ):
        rules = [rule for rule in explanation.rules if rule.state == state]
        if rules:
            yield 0, "", ""
            yield 0, title, "bold"
            for rule in rules:
                yield from _rule(book, rule)
    if explanation.answer is not None:
        yield from _changes(book, explanation.answer)
    yield 0, "", ""
    said_by = ""
    for item in explanation.guidance.values():
        if item.book != said_by:
            said_by = item.book
            titles = [quoted(title) for title in book.added_by([item.book])]
            told = (
                _("What {source} says").format(source=list_of(titles)) if titles else _("What the source says")
            )
            yield 0, told, "bold"
        strength = _(SAID[item.modality])
        yield 2, _("{item} ({strength}): {text}").format(item=item.item, strength=strength, text=item.says), ""
        if item.reading:
            yield 4, _("Reading: {text}").format(text=item.reading), "dim"


def _changes(book: RulebookData, answer: DecisionAnswer) -> Iterator[Line]:
    """What would change a decision, by who could bring it about."""
    for kind, title in (
        ("not_said", _("What would change it: you have not said")),
        ("choice", _("What would change it: you could choose")),
        ("circumstance", _("What would change it: not yours to choose")),
    ):
        texts = [change_text(book, answer, change) for change in answer.would_change if change.kind == kind]
        if texts:
            yield 0, "", ""
            yield 0, title, "bold"
            yield from _first(texts, 2)


def _first(texts: list[str], indent: int) -> Iterator[Line]:
    """The first of some texts, as sentences, and how many more there are."""
    for text in texts[:_CHANGES_SHOWN]:
        yield indent, sentence(text), ""
    if len(texts) > _CHANGES_SHOWN:
        yield indent, counted("and {n} more", "and {n} more", len(texts) - _CHANGES_SHOWN), "dim"


#: More changes than this are not read.
_CHANGES_SHOWN = 6


def why_not_lines(book: RulebookData, asked: WhyNot, answer: Answer) -> Iterator[Line]:
    """Why not an outcome, as lines: the rules that could give it, and what each lacks."""
    yield 0, _("Why not {outcome}?").format(outcome=asked.label), "bold"
    if asked.state == "advised":
        yield 0, _("It is what the advice says."), ""
    elif asked.state == "allowed":
        yield 0, _("The source allows it, but the advice does not choose it."), ""
    if not asked.ways:
        yield 0, _("No rule gives it: the source does not name it."), ""
    for way in asked.ways:
        items = list_of([str(number) for number in way.rule.guidance], "unit")
        yield 2, _("{id} (source items {items})").format(id=way.rule.id, items=items), "cyan"
        yield 4, marked(way.rule.because, way.rule.inferred, book.added_by([way.rule.book])), ""
        if way.lacks is not None:
            yield 4, _("Missing:"), ""
            yield from _reading(book, way.lacks, 6)
        if way.blocked_by is not None:
            yield 4, _("Blocked, because:"), ""
            yield from _reading(book, way.blocked_by, 6)
        if way.rule.overridden_by:
            yield 4, _("Gave way to: {rules}").format(rules=list_of(way.rule.overridden_by)), ""
        elif way.lacks is None and way.blocked_by is None and way.rule.is_alternative:
            yield 4, _("It holds, and adds an option that the advice leaves to you."), ""
    result = answer.decisions.get(asked.decision) or answer.derived[asked.decision]
    if asked.changes:
        yield 2, _("What would bring it:"), ""
        yield from _first([change_text(book, result, change) for change in asked.changes], 4)


def _rule(book: RulebookData, rule: RuleTrace) -> Iterator[Line]:
    kind = _("alternative") if rule.is_alternative else _("rule")
    added = book.added_by([rule.book])
    kind = list_of(
        [kind, *([_("our inference")] if rule.inferred else []), *([after(added)] if added else [])], "unit"
    )
    items = list_of([str(number) for number in rule.guidance], "unit")
    yield 2, _("{id} ({kind}; source items {items})").format(id=rule.id, kind=kind, items=items), "cyan"
    yield 4, _("Says: {text}").format(text=rule.concludes), ""
    if rule.overridden_by:
        yield 4, _("Gave way to: {rules}").format(rules=list_of(rule.overridden_by)), ""
    if rule.when.connective and not rule.when.parts:
        yield 4, _("Asks nothing: it always holds"), ""
    else:
        yield 4, _("Asks:"), ""
        yield from _reading(book, rule.when, 6)
    if rule.unless is not None:
        yield 4, _("Unless:"), ""
        yield from _reading(book, rule.unless, 6)


def _reading(book: RulebookData, reading: Reading, indent: int, *, nested: bool = False) -> Iterator[Line]:
    style = {True: "green", False: "red", None: "yellow"}[reading.truth]
    mark = f"[{_(_MARKS[reading.truth])}]"
    if not reading.connective:
        yield indent, f"{mark} {test_text(book, reading)}", style
        return
    if len(reading.parts) > 1 and (reading.connective == "any" or nested):
        group = _("at least one of:") if reading.connective == "any" else _("all of:")
        yield indent, f"{mark} {group}", style
        indent += 2
    for part in _telling(reading):
        yield from _reading(book, part, indent, nested=True)
    hidden = len(reading.parts) - len(_telling(reading))
    if hidden:
        yield (
            indent,
            counted("and {n} more, not known to be so", "and {n} more, none of them known to be so", hidden),
            "dim",
        )


def test_text(book: RulebookData, reading: Reading) -> str:
    """One test of a condition in words: what it asks of a fact, and how that is."""
    asked = _("{fact} {wanted}").format(fact=quoted(subject_label(book, reading.fact)), wanted=reading.wants)
    if reading.value is None:
        return _("{test} (you have not said)").format(test=asked)
    return _("{test} (it is {value})").format(test=asked, value=value_label(book, reading.fact, reading.value))


def _telling(reading: Reading) -> list[Reading]:
    """The parts worth showing: a long list of alternatives is cut to those that hold, or to its start."""
    if reading.connective != "any" or len(reading.parts) <= 6:
        return list(reading.parts)
    true = [part for part in reading.parts if part.truth is True]
    return true or list(reading.parts[:4])


#: The style of lines that are for copying.
CODE = "code"


def print_lines(console: Console, lines: Iterable[Line]) -> None:
    """Prints lines, each with its indent; what is `code` is for copying, and stays in one line."""
    for indent, text, style in lines:
        if style == CODE:
            console.print(Text(" " * indent + text), soft_wrap=True)
        elif text:
            console.print(Padding(Prose(Text(text, style=style)), (0, 0, 0, indent), expand=False))
        else:
            console.print()


def lines_markdown(told: Iterable[Line]) -> str:
    """Lines as Markdown: headings and a nested list."""
    lines = []
    for indent, text, style in told:
        if style == "bold" and indent == 0:
            lines += ["", f"## {text}", ""]
        elif text:
            lines.append(f"{' ' * indent}- {text}" if indent else text)
    return "\n".join(lines).strip() + "\n"

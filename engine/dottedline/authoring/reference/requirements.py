"""What each decision needs, as a graph in Graphviz's language: DMN's decision requirements diagram.

A decision is a rectangle, facts are rounded; facts that the same decisions
ask for share a box. The widths of texts are reckoned here, as for org charts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...conditions import tests
from ...language import _, counted
from ...present.chart_dot import attributes, html_text, quoted
from ...present.chart_layout import LINE, MARGIN, NAME_SIZE, NOTE_SIZE, text_width, wrapped
from ...rulebook import Decision, RulebookData
from ...words import capital

#: How wide the words in a box may be, and how many facts one box names.
_ROOM = 190
_NAMED = 8

_DECISION = {"style": "filled", "fillcolor": "#d6e6f2", "color": "#0b3c5d", "penwidth": "1.3"}
_FINDINGS = {"style": "filled", "fillcolor": "#fdf0d5", "color": "#8a4500", "penwidth": "1.3"}
_FACTS = {"style": "rounded,filled", "fillcolor": "#ffffff", "color": "#4a5a6a"}


def requirements(book: RulebookData) -> dict[str, tuple[str, ...]]:
    """The facts and decisions that each decision's own conditions name."""
    return {id: decision.needs for id, decision in book.decisions.items()}


def requirements_dot(book: RulebookData) -> str:
    """The graph of a rulebook's decision requirements."""
    return "\n".join(_lines(book)) + "\n"


def _lines(book: RulebookData) -> Iterator[str]:
    yield f"digraph {quoted(book.title)} {{"
    look = {"rankdir": "LR", "bgcolor": "#ffffff", "pad": "0.2", "nodesep": "0.12", "ranksep": "0.9"}
    yield f"  graph{attributes(**look)}"
    yield f"  node{attributes(shape='box', fontname='Helvetica', fixedsize='true')}"
    yield f"  edge{attributes(color='#7a8896', arrowsize='0.6', penwidth='0.9')}"
    for decision in book.decisions.values():
        yield _box(decision.id, [(decision.title, NAME_SIZE)], _kind(decision))
    for n, (needed_by, facts) in enumerate(_by_need(book).items()):
        labels = [_label(book, fact) for fact in facts]
        shown = labels if len(labels) <= _NAMED else labels[: _NAMED - 1]
        lines = [(label, NOTE_SIZE) for label in shown]
        if len(labels) > len(shown):
            more = counted("and {n} more fact", "and {n} more facts", len(labels) - len(shown))
            lines.append((more, NOTE_SIZE))
        yield _box(f"facts {n}", lines, _FACTS)
        for id in needed_by:
            yield f"  {quoted(f'facts {n}')} -> {quoted(id)}"
    for id, needs in requirements(book).items():
        for need in needs:
            if need in book.decisions:
                yield f"  {quoted(need)} -> {quoted(id)}"
    yield "}"


def _kind(decision: Decision) -> dict[str, str]:
    return _FINDINGS if decision.hit_policy == "collect" else _DECISION


def _by_need(book: RulebookData) -> dict[tuple[str, ...], list[str]]:
    """Facts that are not derived by the decisions that ask for them; a whole family is one fact."""
    asked: dict[str, list[str]] = {}
    for decision in book.decisions.values():
        named = {test.fact for condition in decision.conditions() for test in tests(condition)}
        for fact in dict.fromkeys(_families(book, named)):
            asked.setdefault(fact, []).append(decision.id)
    groups: dict[tuple[str, ...], list[str]] = {}
    order = list(book.vocabulary.facts)
    for fact in sorted(asked, key=lambda id: order.index(id) if id in order else len(order)):
        groups.setdefault(tuple(asked[fact]), []).append(fact)
    return groups


def _families(book: RulebookData, named: set[str]) -> Iterator[str]:
    """Names of facts that are no decisions; `family.*` where all of a family are named."""
    facts = book.vocabulary.facts
    for id, fact in facts.items():
        if id in named and id not in book.decisions:
            members = {other for other, each in facts.items() if fact.family and each.family == fact.family}
            yield f"{fact.family}.*" if len(members) > 1 and members <= named else id


def _label(book: RulebookData, fact: str) -> str:
    known = book.vocabulary.facts.get(fact)
    return capital(known.label) if known is not None else _("all of {facts}").format(facts=fact)


def _box(id: str, texts: Sequence[tuple[str, int]], look: dict[str, str]) -> str:
    """A node with lines of text from its left edge on."""
    lines = [(line, size) for text, size in texts for line in wrapped(text, _ROOM, size)]
    width = max(text_width(line, size) for line, size in lines) + 2 * MARGIN
    height = sum(LINE[size] for _line, size in lines) + MARGIN
    room = f'align="left" balign="left" fixedsize="true" width="{width - 2 * MARGIN:.0f}"'
    rows = "".join(
        f'<tr><td {room} height="{LINE[size]}"><font point-size="{size}">{html_text(line)}</font></td></tr>'
        for line, size in lines
    )
    size = {"width": f"{width / 72:.4f}", "height": f"{height / 72:.4f}"}
    label = f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="0">{rows}</table>>'
    return f"  {quoted(id)}{attributes(**look, **size)[:-1]} label={label}]"

"""Checks of what a rulebook owes its source and its readers: every item carried, every text translated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...catalogs import FOLDER, read_catalog
from ...codes import NOT_CARRIED, UNREADABLE, UNTRANSLATED
from ...conditions import Condition, tests
from ...language import N_, _, list_of
from ...problems import listing
from ...reading import ItemId
from ...rulebook import GuidanceItem, RulebookData
from ...values import shorten
from ..diagnostics import Diagnostic
from ..examined import Examined
from ..written import place_of
from .registry import check


@check(
    NOT_CARRIED,
    N_("a guidance item that nothing carries"),
    means=N_(
        "The source says something that no rule, text, question or charter of the rulebook rests on, and "
        "`left_out` does not name it either. An item of the role `rule` has to be carried by rules "
        "that use all "
        "that its `uses` names, one of the role `criterion` by `weighs`, a `question` by a fact, a "
        "`responsibility` or `sub_team` by an entry of a team."
    ),
    matters=N_("What the source says is lost, and nobody notices."),
    wrong="""
        guidance:
          - {item: 2, modality: may, says: It may be otherwise.}
        rules:
          - {id: usual, outcome: sales}
    """,
    right="""
        guidance:
          - {item: 2, modality: may, says: It may be otherwise.}
        rules:
          - {id: usual, outcome: sales, guidance: [1, 2]}
    """,
)
def _not_carried(book: Examined) -> Iterator[Diagnostic]:
    if not book.whole:
        return
    data = book.data
    uses = _uses_of_rules(data)
    left_out = {number for left in data.left_out for number in left.guidance}
    carried: dict[str, set[ItemId]] = {
        "criterion": {
            item for d in data.decisions.values() for weighed in d.weighs for item in weighed.guidance
        },
        "question": {item for fact in data.vocabulary.facts.values() for item in fact.guidance},
        "responsibility": {item for t in data.teams for entry in t.responsibilities for item in entry.guidance},
        "sub_team": {item for team in data.teams for entry in team.sub_teams for item in entry.guidance},
        "rule": set(uses),
    }
    stated = {item for statement in data.statements for item in statement.guidance}
    charters = {item for team in data.teams for item in team.guidance}
    anywhere = stated.union(charters, *carried.values())
    for number, item in data.guidance.items():
        if number in left_out:
            continue
        told = ""
        if number not in carried.get(item.role, anywhere):
            told = _missing(item)
        elif item.role == "rule" and (missing := [use for use in item.uses if use not in uses[number]]):
            told = _("no rule that rests on guidance item {number} uses {names}")
            told = told.format(number=number, names=listing(missing))
        if told:
            help = _("name it in the `guidance` of what says it, or in `left_out` with the reason")
            written = book.written.items.get(str(number).rpartition(":")[2]) if item.book == data.id else None
            place = place_of(written, "item")
            yield book.found(NOT_CARRIED, told, [place], help, owners=[("item", str(number))])


def _missing(item: GuidanceItem) -> str:
    anything = _("nothing rests on guidance item {number}")
    told = {
        "criterion": _("no decision weighs guidance item {number}"),
        "question": _("no fact asks what guidance item {number} is about"),
        "responsibility": _("no responsibility of a team rests on guidance item {number}"),
        "sub_team": _("no sub-team rests on guidance item {number}"),
        "rule": _("no rule rests on guidance item {number}"),
    }.get(item.role, anything)
    return told.format(number=item.item)


def _uses_of_rules(data: RulebookData) -> dict[ItemId, set[str]]:
    """For each item: the facts, decisions and `decision=outcome` that rules and alternatives citing it use."""
    uses: dict[ItemId, set[str]] = {}

    def cite(items: Iterable[ItemId], conditions: Iterable[Condition | None], *concluded: str) -> None:
        asked = {test.fact for condition in conditions if condition is not None for test in tests(condition)}
        for item in items:
            uses.setdefault(item, set()).update(asked, concluded)

    for decision in data.decisions.values():
        for rule in decision.rules:
            asked = (rule.when, rule.unless)
            cite(rule.guidance, asked, *([] if rule.outcome is None else [f"{decision.id}={rule.outcome}"]))
            for option in rule.open:
                cite(option.guidance, asked, f"{decision.id}={option.outcome}")
        for option in decision.alternatives:
            cite(option.guidance, [option.when], f"{decision.id}={option.outcome}")
    return uses


@check(
    UNTRANSLATED,
    N_("a text that is not translated"),
    means=N_(
        "A catalog of translations beside the rulebook or its vocabulary lacks a text, or has a "
        "translation that "
        "nobody has looked over since the text changed (`fuzzy`)."
    ),
    matters=N_("Who reads the advice in that language gets one sentence of it in another."),
    wrong="""
        # translations/id.po, beside the rulebook
        msgid "Sales"
        msgstr ""
    """,
    right="""
        msgid "Sales"
        msgstr "Penjualan"
    """,
)
def _untranslated(book: Examined) -> Iterator[Diagnostic]:
    for folder, texts in book.read.texts.items():
        catalogs = {}
        for path in sorted((folder / FOLDER).glob("*.po")):
            try:
                catalogs[path.stem] = read_catalog(folder, path.stem).messages
            except (OSError, ValueError) as error:
                told = _("a catalog of translations cannot be read: {error}").format(error=error)
                yield book.found(UNREADABLE, told, [])
        for text in {text.text: text for text in texts}.values():
            languages = [language for language, messages in catalogs.items() if text.text not in messages]
            if languages:
                told = _("`{text}` has no translation into {languages}")
                message = told.format(
                    text=shorten(text.text), languages=list_of([f"`{name}`" for name in languages])
                )
                help = _("translate it in `{folder}`").format(folder=folder / FOLDER)
                yield book.found(UNTRANSLATED, message, [text.span], help)


CHECKS = (_not_carried, _untranslated)

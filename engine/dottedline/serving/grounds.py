"""What advice rests on, as data and as a text: for programs that put it into words of their own.

A ground has the advice in one sentence, how firm and how sure it is, the
rules and the items of the source, and where the source is silent: all that
may be said of it, and all that shows where it would be made up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from ..answer import Answer, DecisionAnswer, FindingAnswer
from ..language import _, list_of
from ..present.markdown import plain
from ..present.report import decision_entry, marked, not_said, why
from ..present.tags import ADVICE, SAID, STATE, STATUS
from ..reading import ItemId
from ..reasons import subject_label
from ..rulebook import GuidanceItem, Modality
from ..schemas.answers import DEFINITIONS
from ..schemas.parts import TEXT, YES_NO, Schema, many, maybe, one, said, word_of
from ..verdicts import Status
from ..words import sentence

_MODALITY = word_of(Modality)

GROUND: Schema = one(
    "What one piece of advice rests on. Say it no more firmly than its modality, and add nothing.",
    id=TEXT,
    title=TEXT,
    says=said(TEXT, "The advice in one sentence, as firm as the source has it."),
    because=said(TEXT, "The reason, in the rulebook's words; empty where none is known yet."),
    status=maybe(word_of(Status), "How sure it is; null for a finding."),
    state=maybe({"enum": list(STATE)}, "Of a finding: whether it is known to be so, or to be checked."),
    modality=maybe(_MODALITY, "How firmly the source says so; null where it gives no advice."),
    inferred=said(YES_NO, "True where it is the project's own inference, not the source's."),
    rules=many(TEXT, "The rules that gave it."),
    guidance=many(one("An item of the source.", item=DEFINITIONS["item"], modality=_MODALITY, says=TEXT)),
    remarks=many(one("", rule=TEXT, text=TEXT), "What is said beside it; it decides nothing."),
    weigh=many(TEXT, "What the source says to weigh, without saying which way."),
    presumes=many(TEXT, "What is taken for granted because nobody has said otherwise."),
    depends_on=many(TEXT, "The unknown facts that can still change it."),
    silence=many(TEXT, "What the source does not say about it, as sentences."),
)


def grounds(answer: Answer, wanted: Collection[str] | None = None) -> list[dict[str, Any]]:
    """What the decisions and findings of an answer rest on.

    Args:
        answer: the answer.
        wanted: the ids of those that are asked for; all where it is None.
    """
    decisions = {**answer.decisions, **(answer.derived if wanted is not None else {})}
    told = [_of_decision(answer, each) for id, each in decisions.items() if wanted is None or id in wanted]
    return told + [_of_finding(answer, each) for each in answer.findings if wanted is None or each.id in wanted]


def _of_decision(answer: Answer, decision: DecisionAnswer) -> dict[str, Any]:
    book = answer.book
    silence = [not_said(book, text) for text in decision.not_covered]
    if decision.status == "silent":
        silence.insert(0, sentence(_("The source does not say")))
    advises = decision.status in ("settled", "provisional", "open")
    options = [option.rule for option in decision.options] if advises else []
    items = [item for option in decision.options for item in option.guidance] if advises else []
    return {
        "id": decision.id,
        "title": decision.title,
        "says": decision_entry(book, decision, answer).lead,
        "because": why(book, decision) if decision.status != "undetermined" else "",
        "status": decision.status,
        "state": None,
        "modality": decision.modality,
        "inferred": decision.inferred,
        "rules": list(dict.fromkeys([*decision.rules, *options])),
        "guidance": _items(answer, [*decision.guidance, *items]),
        "remarks": [
            {"rule": each.rule, "text": marked(each.text, each.inferred, book.added_by([each.book]))}
            for each in decision.remarks
        ],
        "weigh": [subject_label(book, each.fact) for each in decision.considerations],
        "presumes": list(decision.presumes),
        "depends_on": list(decision.depends_on),
        "silence": silence,
    }


def _of_finding(answer: Answer, finding: FindingAnswer) -> dict[str, Any]:
    return {
        "id": finding.id,
        "title": finding.title,
        "says": finding.text,
        "because": marked(finding.because, False, answer.book.added_by([finding.book])),
        "status": None,
        "state": finding.state,
        "modality": finding.modality,
        "inferred": finding.inferred,
        "rules": [finding.rule],
        "guidance": _items(answer, finding.guidance),
        "remarks": [],
        "weigh": [],
        "presumes": [],
        "depends_on": [],
        "silence": [],
    }


def _items(answer: Answer, numbers: Iterable[ItemId]) -> list[dict[str, Any]]:
    return [item_told(answer.book.guidance[number]) for number in dict.fromkeys(numbers)]


def item_told(item: GuidanceItem) -> dict[str, Any]:
    """An item of the source as JSON values."""
    return {"item": item.item, "modality": item.modality, "says": item.says}


def grounds_text(told: Iterable[dict[str, Any]]) -> str:
    """Grounds as Markdown, in the language spoken now."""
    return "\n".join(line for ground in told for line in _lines(ground))


def _lines(ground: dict[str, Any]) -> Iterable[str]:
    firm = [_(ADVICE[ground["modality"]])] if ground["modality"] else []
    sure = _(STATUS[ground["status"]]) if ground["status"] else _(STATE[ground["state"]])
    tags = list_of([f"`{ground['id']}`", sure, *firm], "unit")
    yield f"- **{plain(ground['title'])}** ({tags}): {plain(marked(ground['says'], ground['inferred']))}"
    if ground["because"]:
        yield "  - " + _("why: {reason}").format(reason=plain(ground["because"]))
    if ground["rules"]:
        items = [f"{item['item']} ({_(SAID[item['modality']])})" for item in ground["guidance"]]
        yield "  - " + _("rests on {rules}; source items {items}").format(
            rules=list_of([f"`{rule}`" for rule in ground["rules"]], "unit"), items=list_of(items, "unit")
        )
    for remark in ground["remarks"]:
        yield f"  - {plain(remark['text'])} (`{remark['rule']}`)"
    if ground["weigh"]:
        yield "  - " + _("to weigh: {facts}").format(facts=plain(list_of(ground["weigh"], "unit")))
    for text in ground["silence"]:
        yield f"  - {plain(text)}"

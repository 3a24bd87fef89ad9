"""What programs can ask of a rulebook: one function for each question, from a request to JSON values.

The HTTP server and the server for assistants both offer these. Each function
gives what the command of that name prints with `--format json`, and raises
`InputError` with everything that is wrong with the request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, get_args

from ..answer import Answer
from ..chart import Which
from ..comparison import compare as compared
from ..interview import Interview
from ..language import N_, _, speaking
from ..library import Rulebook
from ..memos import memo as written
from ..reasons import names
from ..vocabulary import Fact
from ..whatif import supposing, what_if
from .asking import Asking
from .request import Request

#: The formats of memos that are texts.
MEMOS = ("markdown", "html")


class Operation(NamedTuple):
    """A question that a rulebook answers."""

    run: Callable[[Rulebook, Request], dict[str, Any]]
    #: What it answers, to be translated.
    summary: str
    #: The keys of its request, required ones first, each with what it holds, to be translated.
    required: Mapping[str, str]
    optional: Mapping[str, str]


def consult(book: Rulebook, request: Request) -> dict[str, Any]:
    """The source's advice for one company; see `schemas/answer.schema.json`."""
    return answer(book, request)[0].to_dict()


def answer(book: Rulebook, request: Request, operation: str = "consult") -> tuple[Answer, tuple[str, ...]]:
    """The answer that an operation rests on, and the topics that it was asked to be about.

    Of `whatif`, it is the answer with the facts that were supposed.
    """
    with speaking(book.language):
        asked = _asking(book, request, operation)
        topics, supposed = asked.topics(), asked.supposed()
        found = book.consult(asked.profile(), topics)
        return (supposing(book, found, supposed) if supposed else found), topics


def explain(book: Rulebook, request: Request) -> dict[str, Any]:
    """Why a decision or finding comes out as it does."""
    with speaking(book.language):
        asked = _asking(book, request, "explain")
        unknown = _("there is no decision or finding `{name}`")
        name = asked.name("decision", names(book.data), unknown)
        return book.explain(asked.profile(), name).to_dict()


def why_not(book: Rulebook, request: Request) -> dict[str, Any]:
    """What keeps a decision from having an outcome, and what would have to change."""
    with speaking(book.language):
        asked = _asking(book, request, "why_not")
        decisions = {id: decision for id, decision in book.data.decisions.items() if decision.outcomes}
        unknown = _("there is no decision `{name}`")
        name = asked.name("decision", decisions, unknown)
        outcome = asked.outcome(decisions.get(name))
        return book.why_not(asked.profile(), name, outcome).to_dict()


def whatif(book: Rulebook, request: Request) -> dict[str, Any]:
    """What moves, and what stays, if some facts were otherwise."""
    with speaking(book.language):
        asked = _asking(book, request, "whatif")
        supposed = asked.supposed()
        return what_if(book, asked.profile(), supposed).to_dict()


def compare(book: Rulebook, request: Request) -> dict[str, Any]:
    """The organisation of today against what the source says, and what would settle most."""
    with speaking(book.language):
        return compared(book, _asking(book, request, "compare").profile()).to_dict()


def questions(book: Rulebook, request: Request) -> dict[str, Any]:
    """What is worth asking, in the order in which to ask it: what cannot change anything is left out."""
    with speaking(book.language):
        asked = _asking(book, request, "questions")
        topics = asked.topics()
        found = book.consult(asked.profile(), topics)
        facts = book.vocabulary.facts
        return {
            "rulebook": found.rulebook.to_dict(),
            "questions": [{**each.to_dict(), **_answers(facts[each.fact])} for each in found.questions],
            "undecided": found.undecided,
        }


def next_question(book: Rulebook, request: Request) -> dict[str, Any]:
    """The next question to ask, or none: what a profile calls `unknown` is not asked again."""
    with speaking(book.language):
        asked = _asking(book, request, "next_question")
        topics = asked.topics()
        interview = Interview(book, asked.profile(), topics)
        answer, question = interview.consult(), interview.next_question()
        told = None
        if question is not None:
            told = {**question.to_dict(), **_answers(book.vocabulary.facts[question.fact])}
        return {"rulebook": answer.rulebook.to_dict(), "question": told, "undecided": answer.undecided}


def matrix(book: Rulebook, request: Request) -> dict[str, Any]:
    """Who owns what: each responsibility beside its owners of today."""
    with speaking(book.language):
        return book.ownership(_asking(book, request, "matrix").profile()).to_dict()


def chart(book: Rulebook, request: Request) -> dict[str, Any]:
    """The org chart, as advised or as it is today."""
    with speaking(book.language):
        asked = _asking(book, request, "chart")
        which: Which = asked.one_of("which", get_args(Which), "advised")  # type: ignore[assignment]
        return book.chart(asked.profile(), which).to_dict()


def chart_svg(book: Rulebook, request: Request) -> bytes:
    """The same as a picture.

    Raises:
        CannotDraw: where there is no engine to draw it.
    """
    from ..present.chart_image import charts_svg

    with speaking(book.language):
        asked = _asking(book, request, "chart")
        which: Which = asked.one_of("which", get_args(Which), "advised")  # type: ignore[assignment]
        return charts_svg([book.chart(asked.profile(), which)])


def memo(book: Rulebook, request: Request) -> dict[str, Any]:
    """A document for decision makers, as Markdown or HTML."""
    with speaking(book.language):
        asked = _asking(book, request, "memo")
        form = asked.one_of("format", MEMOS, MEMOS[0])
        title, date = asked.text("title"), asked.date("date")
        return {"format": form, "document": written(book, asked.profile(), form, title=title, date=date)}


def _asking(book: Rulebook, request: Request, operation: str) -> Asking:
    """A request as an operation reads it."""
    told = OPERATIONS[operation]
    return Asking(book, request, told.required, told.optional)


_PROFILE = {"profile": N_("what is known about the company, from facts to values")}
_TOPICS = {"topics": N_("the decisions, findings and topics that it is to be about; else all")}

#: By name; a program's names for them may have `-` for `_`.
OPERATIONS: Mapping[str, Operation] = {
    "consult": Operation(
        consult,
        N_("The source's advice for one company, with its reasons and what would change it."),
        _PROFILE,
        _TOPICS,
    ),
    "explain": Operation(
        explain,
        N_("Why a decision or finding comes out as it does: each rule, and the condition that failed."),
        {
            **_PROFILE,
            "decision": N_("the id of a decision or finding"),
        },
        {},
    ),
    "why_not": Operation(
        why_not,
        N_("What keeps a decision from having an outcome, and what would have to change."),
        {
            **_PROFILE,
            "decision": N_("the id of a decision"),
            "outcome": N_("the id or the label of one of its outcomes"),
        },
        {},
    ),
    "whatif": Operation(
        whatif,
        N_("What moves, and what stays, if some facts were otherwise."),
        {
            **_PROFILE,
            "suppose": N_("facts with other values; null or `unknown` takes a fact back"),
        },
        {},
    ),
    "compare": Operation(
        compare,
        N_("The organisation of today against what the source says, and what would settle most."),
        _PROFILE,
        {},
    ),
    "questions": Operation(
        questions,
        N_("What is worth asking about a company, in the order in which to ask it."),
        _PROFILE,
        _TOPICS,
    ),
    "next_question": Operation(
        next_question,
        N_("The next question to ask; null where no answer could change anything."),
        _PROFILE,
        _TOPICS,
    ),
    "matrix": Operation(
        matrix,
        N_("Who owns what: each responsibility beside its owners of today."),
        _PROFILE,
        {},
    ),
    "chart": Operation(
        chart,
        N_("The org chart, as advised or as it is today."),
        _PROFILE,
        {"which": N_("`advised` or `present`; else as advised")},
    ),
    "memo": Operation(
        memo,
        N_("A document for decision makers on one company."),
        _PROFILE,
        {
            "format": N_("`markdown` or `html`; else Markdown"),
            "title": N_("whose memo it is, such as the company's name"),
            "date": N_("the date that it bears, as in 2026-01-31; else today's"),
        },
    ),
}


# --- what there is to know ----------------------------------------------------------


def vocabulary(book: Rulebook) -> dict[str, Any]:
    """What can be known about a company: sections, facts, constraints."""
    from ..present.vocabulary import facts_json

    known = book.vocabulary
    return {
        "id": known.id,
        "title": known.title,
        "sections": [section._asdict() for section in known.sections.values()],
        "facts": facts_json(known.facts.values()),
        "constraints": [{"id": each.id, "level": each.level, "says": each.says} for each in known.constraints],
    }


def rulebook(book: Rulebook) -> dict[str, Any]:
    """Which rulebook it is, and what it answers: topics, decisions with their outcomes, findings."""
    data = book.data
    return {
        "id": book.id,
        "title": book.title,
        "version": book.version,
        "sha256": book.sha256,
        "language": book.language,
        "with_inferred": data.with_inferred,
        "source": data.source._asdict(),
        "topics": [{"id": id, "title": title} for id, title in data.topics.items()],
        "decisions": [
            {
                "id": decision.id,
                "title": decision.title,
                "asks": decision.asks,
                "topic": decision.topic,
                "kind": decision.kind,
                "outcomes": [{"id": each.id, "label": each.label} for each in decision.outcomes.values()],
                "findings": list(decision.findings),
            }
            for decision in data.decisions.values()
        ],
    }


def _answers(fact: Fact) -> dict[str, Any]:
    """How a question can be answered."""
    values = [{"value": each.id, "label": each.label, "hint": each.hint} for each in fact.values.values()]
    return {"type": fact.type, "values": values, "unit": fact.unit}

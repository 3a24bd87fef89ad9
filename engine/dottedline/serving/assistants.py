"""What an assistant can ask: tools, each an operation with what its result rests on.

Nothing here knows the protocol; `assistant_server` speaks it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..answer import Answer
from ..comparison import compare
from ..language import N_, _, list_of, speaking
from ..library import Rulebook
from ..present.chart_data import charts_mermaid
from ..present.chart_tree import charts_text
from ..present.comparison import comparison_report
from ..present.explanation import explanation_lines, lines_markdown, why_not_lines
from ..present.markdown import plain, report_markdown
from ..present.report import cited, known_text, not_said, notes_of
from ..present.whatif import whatif_report
from ..problems import InputError, Problems, did_you_mean, listing
from ..reading import Reading
from ..whatif import what_if
from ..words import join_sentences, sentence
from . import operations
from .grounds import grounds, grounds_text, item_told
from .request import Request

Values = dict[str, Any]


class Tool(NamedTuple):
    """Something that an assistant can ask for."""

    #: The operation that it rests on; None for the vocabulary.
    operation: str | None
    title: str
    #: What to use it for, to be translated.
    description: str
    #: The result for valid arguments: JSON values beside those of the operation, and a text.
    tell: Callable[[Rulebook, Values, Values], tuple[Values, str]]
    #: Whether only a rulebook about organisations has an answer to it.
    of_organisations: bool = False


class Result(NamedTuple):
    """What a tool gives: JSON values, and the same in words."""

    values: Values
    text: str
    failed: bool = False


def call(book: Rulebook, name: str, arguments: Mapping[str, Any]) -> Result:
    """What a tool gives.

    Raises:
        KeyError: where the rulebook has no such tool.
    """
    tool = tools_of(book)[name]
    with speaking(book.language):
        request = Request.of({"profile": {}, **arguments} if tool.operation else arguments)
        try:
            run = _vocabulary if tool.operation is None else operations.OPERATIONS[tool.operation].run
            values = run(book, request)
        except InputError as error:
            return _refused(request, error)
        more, text = tool.tell(book, {"profile": {}, **arguments}, values)
        return Result({**values, **more}, text)


def _refused(request: Request, error: InputError) -> Result:
    """Everything that is wrong with the arguments, and what would be right."""
    told = request.told(error)
    lines = [_("Nothing was answered. This is wrong:")]
    for problem in told:
        where = problem["where"]
        place = f" ({where['pointer']})" if where and where.get("pointer") else ""
        help = f" {sentence(problem['help'])}" if problem["help"] else ""
        lines.append(f"- {sentence(problem['message'])}{place}{help}")
    return Result({"problems": told}, "\n".join(lines), failed=True)


# --- what each tool adds ------------------------------------------------------------


def _next_question(book: Rulebook, asked: Values, values: Values) -> tuple[Values, str]:
    question = values["question"]
    if question is None:
        return {"bears_on": [], "guidance": []}, _("There is nothing left to ask that could change the advice.")
    fact = book.vocabulary.facts[question["fact"]]
    answer = _answer(book, asked)
    bears_on = [
        {"decision": id, "title": decision.title, "status": decision.status}
        for id, decision in answer.decisions.items()
        if fact.id in decision.depends_on
    ]
    lines = [f"{fact.question} (`{fact.id}`)", fact.why]
    lines += [f"- `{each['value']}`: {each['label']}" for each in question["values"]]
    lines.append(_("It is an answer too that one does not know: give `unknown`."))
    guidance = [item_told(book.data.guidance[number]) for number in fact.guidance]
    return {"bears_on": bears_on, "guidance": guidance}, "\n".join(lines)


def _consult(book: Rulebook, asked: Values, _values: Values) -> tuple[Values, str]:
    answer = _answer(book, asked)
    found = _grounded(answer, None)
    lines = [f"# {plain(book.title)}", "", join_sentences(sentence(cited(book.data)), known_text(answer))]
    lines += [f"> {plain(note)}" for note in notes_of(book.data, answer)]
    lines += ["", grounds_text(found["grounds"])]
    return found, _ended("\n".join(lines), found)


def _explain(book: Rulebook, asked: Values, _values: Values) -> tuple[Values, str]:
    explanation = book.explain(asked["profile"], asked["decision"])
    ids = {explanation.decision.id, *(finding.id for finding in explanation.findings)}
    found = _grounded(explanation.whole, ids)
    return found, _ended(lines_markdown(explanation_lines(book.data, explanation, explanation.whole)), found)


def _why_not(book: Rulebook, asked: Values, values: Values) -> tuple[Values, str]:
    told = book.why_not(asked["profile"], values["decision"], values["outcome"])
    found = _grounded(told.whole, {told.decision})
    text = f"{lines_markdown(why_not_lines(book.data, told, told.whole))}\n{grounds_text(found['grounds'])}"
    return found, _ended(text, found)


def _what_if(book: Rulebook, asked: Values, values: Values) -> tuple[Values, str]:
    told = what_if(book, asked["profile"], values["supposed"])
    moved = {move.after.id for move in told.difference.moves}
    moved |= {finding.id for finding in told.difference.come}
    moved |= {after.id for _before, after in told.difference.turn}
    found = _grounded(told.after, moved)
    text = f"{report_markdown(whatif_report(book.data, told))}\n{grounds_text(found['grounds'])}"
    return found, _ended(text, found)


def _compare(book: Rulebook, asked: Values, _values: Values) -> tuple[Values, str]:
    told = compare(book, asked["profile"])
    placed = {placement.function for placement in told.placements if placement.kind != "unknown"}
    found = _grounded(told.answer, placed | {finding.id for finding in told.answer.findings})
    text = f"{report_markdown(comparison_report(book.data, told))}\n{grounds_text(found['grounds'])}"
    return found, _ended(text, found)


def _chart(book: Rulebook, asked: Values, _values: Values) -> tuple[Values, str]:
    chart = book.chart(asked["profile"], asked.get("which", "advised"))
    drawn = {box.function for box in chart.boxes if box.function is not None}
    found = _grounded(_answer(book, {"profile": asked["profile"]}), drawn)
    text = f"```\n{charts_text([chart])}```\n\n{grounds_text(found['grounds'])}"
    return {"mermaid": charts_mermaid([chart]), **found}, _ended(text, found)


def _vocabulary(book: Rulebook, request: Request) -> Values:
    """What can be known; of some sections, where they are named."""
    problems = Problems()
    reading = Reading(problems)
    record = reading.record(request.value(problems), _("the request"), (), ["sections"])
    told = operations.vocabulary(book)
    known = [each["id"] for each in told["sections"]]
    wanted = []
    for word in reading.names(record, "sections"):
        wanted.append(word.text)
        if word.text not in known:
            help = did_you_mean(word.text, known, _("they are: {names}").format(names=listing(known, 50)))
            problems.add(_("there is no section `{name}`").format(name=word.text), word.span, help)
    problems.raise_if_any()
    if wanted:
        told["sections"] = [each for each in told["sections"] if each["id"] in wanted]
        told["facts"] = [each for each in told["facts"] if each["section"] in wanted]
    return told


def _vocabulary_told(_book: Rulebook, _asked: Values, values: Values) -> tuple[Values, str]:
    lines = []
    for section in values["sections"]:
        lines += ["", f"## {plain(section['title'])} (`{section['id']}`)", ""]
        for fact in values["facts"]:
            if fact["section"] == section["id"]:
                told = f"- `{fact['id']}` ({fact['type']}): {plain(fact['question'])}"
                choices = [f"`{id}` ({plain(label)})" for id, label in fact["values"].items()]
                lines.append(f"{told} {list_of(choices, 'unit')}")
    return {}, "\n".join(line.rstrip() for line in lines).strip()


def _answer(book: Rulebook, asked: Values) -> Answer:
    topics = asked.get("topics") or ()
    return book.consult(asked["profile"], [topics] if isinstance(topics, str) else topics)


def _grounded(answer: Answer, wanted: set[str] | None) -> Values:
    return {
        "grounds": grounds(answer, wanted),
        "source_silent_on": [not_said(answer.book, text) for text in answer.not_covered],
    }


def _ended(text: str, found: Values) -> str:
    """A text with what the source does not say at all."""
    lines = [text.strip(), "", f"## {_('What the source does not say')}", ""]
    return "\n".join([*lines, *(f"- {plain(line)}" for line in found["source_silent_on"])])


TOOLS: Mapping[str, Tool] = {
    "next_question": Tool(
        "next_question",
        N_("The next question"),
        N_(
            "The next question worth asking: what can change nothing is not asked. Ask the person; put "
            "the answer into `profile` under the fact's id, `unknown` where they do not know; ask again "
            "with all answers so far, until `question` is null. Never answer it yourself."
        ),
        _next_question,
    ),
    "consult": Tool(
        "consult",
        N_("Consult the rulebook"),
        N_(
            "The source's advice on what is known. For each decision and finding, `grounds` has the "
            "sentence to say, how firm and how sure it is, its rules, its items of the source, and what "
            "the source does not say."
        ),
        _consult,
    ),
    "explain": Tool(
        "explain",
        N_("Explain a decision"),
        N_(
            "Why a decision or finding comes out as it does: the rules that fired, those that did not and "
            "which condition failed, what would change it, and what the source says."
        ),
        _explain,
    ),
    "why_not": Tool(
        "why_not",
        N_("Why not an outcome"),
        N_(
            "What keeps a decision from having an outcome that somebody expected, and the smallest "
            "changes of facts that would bring it. Such a change is not a recommendation."
        ),
        _why_not,
    ),
    "what_if": Tool(
        "whatif",
        N_("What if facts were otherwise"),
        N_(
            "What moves, and what stays, if some facts were otherwise. `suppose` has these facts with "
            "other values."
        ),
        _what_if,
    ),
    "compare": Tool(
        "compare",
        N_("Compare with today"),
        N_(
            "The organisation of today, as the facts of the profile tell it, against what the source "
            "says, and what would settle most. What differs is something to check, never a mistake."
        ),
        _compare,
        of_organisations=True,
    ),
    "chart": Tool(
        "chart",
        N_("The org chart"),
        N_(
            "The org chart as advised, or as it is today: as data, as a tree of text, and as a diagram in "
            "Mermaid. What the source leaves open is not drawn as if it were decided."
        ),
        _chart,
        of_organisations=True,
    ),
    "vocabulary": Tool(
        None,
        N_("What can be known"),
        N_(
            "The facts that a profile can have: the id of each, its question, why it is asked, and its "
            "values. There are no others."
        ),
        _vocabulary_told,
    ),
}


def tools_of(book: Rulebook) -> Mapping[str, Tool]:
    """The tools that a rulebook has an answer to."""
    organised = book.data.organisation is not None
    return {name: tool for name, tool in TOOLS.items() if organised or not tool.of_organisations}

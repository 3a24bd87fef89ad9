"""What programs ask: the same answers as the commands, and problems that say where in the request they are."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import dottedline
from dottedline.cli import main
from dottedline.serving import operations
from dottedline.serving.operations import OPERATIONS
from dottedline.serving.request import Request, problems_as_data

BOOK = dottedline.load()
PROFILE = {"gtm_motion": "self_serve", "current": {"design": "product", "bdr": "sales"}}


def asked(name: str, **keys: object) -> dict[str, Any]:
    return OPERATIONS[name].run(BOOK, Request.of({"profile": PROFILE, **keys}))


def printed(tmp_path: Path, *words: str) -> Any:
    """What a command prints as JSON about the same company."""
    path = tmp_path / "company.json"
    path.write_text(json.dumps(PROFILE), encoding="utf-8")
    done = CliRunner().invoke(main, [word if word != "PROFILE" else str(path) for word in words])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


AS_COMMANDS = {
    "consult": ({}, "consult PROFILE --format json"),
    "consult, topics": ({"topics": ["design", "bdr_two_sides"]}, "consult PROFILE --format json --topics design,bdr_two_sides"),
    "explain": ({"decision": "design"}, "explain PROFILE design --format json"),
    "explain, a finding": ({"decision": "gtm_first"}, "explain PROFILE gtm_first --format json"),
    "why_not": ({"decision": "design", "outcome": "brand"}, "explain PROFILE design --why-not brand --format json"),
    "whatif": (
        {"suppose": {"gtm_motion": None, "current": {"bdr": "unknown", "design": "brand"}, "freemium_product": True}},
        "whatif PROFILE gtm_motion=unknown current.bdr=unknown current.design=brand freemium_product=yes --format json",
    ),
    "compare": ({}, "compare PROFILE --format json"),
    "matrix": ({}, "matrix PROFILE --format json"),
    "chart": ({}, "chart PROFILE --format json"),
    "chart, present": ({"which": "present"}, "chart PROFILE --format json --which present"),
}  # fmt: skip


@pytest.mark.parametrize("case", AS_COMMANDS)
def test_same_as_the_command(case: str, tmp_path: Path) -> None:
    keys, command = AS_COMMANDS[case]
    assert asked(case.partition(",")[0], **keys) == printed(tmp_path, *command.split())


def test_vocabulary_is_that_of_the_command(tmp_path: Path) -> None:
    assert operations.vocabulary(BOOK)["facts"] == printed(tmp_path, "facts", "--format", "json")


def test_rulebook_names_all_that_can_be_asked_about() -> None:
    told = operations.rulebook(BOOK)
    assert told["sha256"] == BOOK.sha256
    for decision in told["decisions"]:
        for name in [decision["id"], *decision["findings"]]:
            assert asked("explain", decision=name)["decision"] == decision["id"]
        for outcome in decision["outcomes"]:
            assert asked("why_not", decision=decision["id"], outcome=outcome["id"])["outcome"] == outcome["id"]


def test_asking_until_nothing_is_left() -> None:
    """Each question is one of those that `questions` lists; what is answered or not known is not asked again."""
    profile: dict[str, Any] = {}
    for count in range(len(BOOK.vocabulary.facts) + 1):
        told = OPERATIONS["next_question"].run(BOOK, Request.of({"profile": profile, "topics": ["bdr", "design"]}))
        question = told["question"]
        if question is None:
            break
        listed = OPERATIONS["questions"].run(BOOK, Request.of({"profile": profile, "topics": ["bdr", "design"]}))
        assert question in listed["questions"]
        assert listed["undecided"] == told["undecided"]
        values = [choice["value"] for choice in question["values"]]
        answer = {"yes_no": True, "number": 3, "choice": values[:1] and values[0], "set": values[:1]}[question["type"]]
        profile[question["fact"]] = "unknown" if count % 2 else answer
    assert question is None
    assert profile


def test_memo() -> None:
    told = asked("memo", title="Acme", date="2026-01-31", format="html")
    assert told["format"] == "html"
    assert told["document"].startswith("<!DOCTYPE html>")
    assert "31 January 2026" in told["document"]
    assert asked("memo", title="Acme")["document"].startswith("# ")


def test_language_of_the_book_is_spoken() -> None:
    book = BOOK.in_language("id")
    with pytest.raises(dottedline.InputError) as caught:
        operations.consult(book, Request.of({"profile": {"current.bdr": "moon"}}))
    expected = book.consult
    with pytest.raises(dottedline.ProfileError) as same:
        expected({"current.bdr": "moon"})
    assert [p.message for p in caught.value.problems] == [p.message for p in same.value.problems]


# --- what is wrong with a request ------------------------------------------------------------

#: The operation and the request; for each problem its message, the pointer, and the text that is meant.
BAD: list[tuple[str, bytes | str, list[tuple[str, str | None, str | None]]]] = [
    ("consult", "", [("not readable as JSON: expecting value", None, "")]),
    ("consult", '{"profile": {"a": }}', [("not readable as JSON: expecting value", None, "}")]),
    ("consult", "profile: {}", [("not readable as JSON: expecting value", None, "p")]),
    ("consult", '{"profile": {}} {}', [("not readable as JSON: extra data", None, "{")]),
    ("consult", '{"profile": NaN}', [("`NaN` is no number in JSON", None, None)]),
    ("consult", b'{"profile": {"\xff": 1}}', [("the byte 0xFF is not UTF-8", None, "\N{REPLACEMENT CHARACTER}")]),
    ("consult", "[" * 100_000, [("nested deeper than 50 levels", None, None)]),
    ("consult", "[" * 60 + "]" * 60, [("nested deeper than 50 levels", None, "[")]),
    ("consult", "[{}]", [("the request must be a mapping, not a list", "", "[")]),
    ("consult", "null", [("the request must be a mapping, not `null`", "", "null")]),
    ("consult", "{}", [("the request lacks `profile`", "", "{")]),
    ("consult", '{"profile": {"a/b": 1}}', [("there is no fact `a/b`", "/profile/a~1b", '"a/b"')]),
    ("consult", '{"profile": {"current": {"bdr": "moon"}}}', [("`current.bdr` cannot be `moon`", "/profile/current/bdr", '"moon"')]),
    ("consult", '{"profile": {"content_goals": ["pipeline", 5]}}', [("`content_goals` cannot be `5`", "/profile/content_goals/1", "5")]),
    ("consult", '{"profile": {"gtm_motion": "hybrid", "gtm_motion": 1}, "x": 1}', [
        ("`gtm_motion` is given twice", None, '"gtm_motion"'),
        ("the request has no key `x`", "/x", '"x"'),
    ]),
    ("consult", '{"profile": 5, "topics": ["desing"], "topcis": []}', [
        ("a profile must be a mapping from facts to values, not `5`", "/profile", "5"),
        ("there is no decision, finding or topic `desing`", "/topics/0", '"desing"'),
        ("the request has no key `topcis`", "/topcis", '"topcis"'),
    ]),
    ("explain", '{"profile": {}, "decision": "desing"}', [("there is no decision or finding `desing`", "/decision", '"desing"')]),
    ("explain", '{"profile": {}, "decision": ["design"]}', [("`decision` of the request must be a text, not a list", "/decision", "[")]),
    ("why_not", '{"profile": {}, "decision": "gtm_first", "outcome": "brand"}', [("there is no decision `gtm_first`", "/decision", '"gtm_first"')]),
    ("why_not", '{"profile": {}, "decision": "design", "outcome": "moon"}', [("`design` has no outcome `moon`", "/outcome", '"moon"')]),
    ("whatif", '{"profile": {}, "suppose": {"bdr": "sales"}}', [("there is no fact `bdr`", "/suppose/bdr", '"bdr"')]),
    ("whatif", '{"profile": {"current.bdr": "nobody"}, "suppose": {"bdr_priority": "accountability"}}', [
        ("the facts contradict each other: there are no BDRs, so there can be no priority for them", None, None),
    ]),
    ("chart", '{"profile": {}, "which": "both"}', [("`which` of the request cannot be the text `both`", "/which", '"both"')]),
    ("memo", '{"profile": {}, "title": null}', [("`title` of the request must be a text, not `null`", "/title", "null")]),
    ("memo", '{"profile": {}, "date": "31.1.2026"}', [("`31.1.2026` is no date", "/date", '"31.1.2026"')]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "expected"), BAD, ids=[f"{name} {body[:40]!r}" for name, body, _ in BAD])
def test_bad_request(name: str, body: str | bytes, expected: list[tuple[str, str | None, str | None]]) -> None:
    data = body if isinstance(body, bytes) else body.encode()
    request = Request(data)
    with pytest.raises(dottedline.InputError) as caught:
        OPERATIONS[name].run(BOOK, request)
    told = request.told(caught.value)
    found = [(p["message"], (p["where"] or {}).get("pointer"), (p["where"] or {}).get("text")) for p in told]
    assert found == expected
    for problem in told:
        json.dumps(problem)
        if problem["where"]:
            # The place that is told is the place in what was sent.
            line = data.decode(errors="replace").split("\n")[problem["where"]["line"] - 1]
            start = problem["where"]["column"] - 1
            assert line[start : start + problem["where"]["length"]] == problem["where"]["text"]


def test_lines_and_columns_are_those_of_the_command(tmp_path: Path) -> None:
    """The profile alone, as a file, has its problems in the same lines and columns, with the same help."""
    text = json.dumps({"gtm_motoin": "hybrid", "content_team_size": "5", "bdr_priority": "leads"}, indent=2)
    with pytest.raises(dottedline.ProfileError) as of_file:
        BOOK.read_profile(io.BytesIO(text.encode()))
    # Three lines more before it, and nothing before it in its lines.
    request = Request(b'{\n"profile":\n\n' + text.encode() + b"}")
    with pytest.raises(dottedline.ProfileError) as of_request:
        operations.consult(BOOK, request)
    told = [
        (p["message"], p["help"], p["where"]["line"] - 3, p["where"]["column"]) for p in request.told(of_request.value)
    ]
    spans = [(p.message, p.help, p.span.line, p.span.column) for p in of_file.value.problems if p.span]
    assert told == spans
    assert len(told) == 3


def test_two_places() -> None:
    request = Request.of({"profile": {"current": {"bdr": "nobody"}, "bdr_priority": "accountability"}})
    with pytest.raises(dottedline.ProfileError) as caught:
        operations.consult(BOOK, request)
    [problem] = request.told(caught.value)
    assert problem["where"] == {"pointer": "/profile/current/bdr", "text": '"nobody"'}
    assert problem["also"] == [{"pointer": "/profile/bdr_priority", "text": '"accountability"'}]


def test_what_json_has_no_word_for() -> None:
    nested: list[object] = []
    nested.append(nested)
    for value in (b"x", object(), nested):
        with pytest.raises(dottedline.InputError, match="cannot be written as JSON"):
            Request.of({"profile": value})
    with pytest.raises(dottedline.InputError) as caught:
        operations.consult(BOOK, Request.of({"profile": float("inf")}))
    assert "Infinity" in str(caught.value)


def test_problems_about_no_request() -> None:
    with pytest.raises(dottedline.RulebookError) as caught:
        dottedline.load("moon")
    [problem] = problems_as_data(caught.value.problems)
    assert (problem["message"], problem["where"]) == ("`moon` is no rulebook and no folder", None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.sampled_from(list(BOOK.vocabulary.facts)), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150)
@given(st.sampled_from(list(OPERATIONS)), st.dictionaries(st.sampled_from(["profile", "topics", "decision", "outcome", "suppose", "which", "date", "x"]), JSON))
def test_any_json_is_answered_or_refused(name: str, body: dict[str, object]) -> None:
    request = Request(json.dumps(body).encode())
    try:
        json.dumps(OPERATIONS[name].run(BOOK, request))
    except dottedline.InputError as error:
        told = request.told(error)
        assert told
        json.dumps(told)


@settings(max_examples=150)
@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_any_bytes_are_refused(body: bytes) -> None:
    request = Request(body)
    with pytest.raises(dottedline.InputError) as caught:
        operations.consult(BOOK, request)
    assert request.told(caught.value)

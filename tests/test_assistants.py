"""Assistants: a real client of the protocol over pipes and over HTTP gets the advice with what it rests on."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import dottedline
from all_books import NAMES, PRACTICE, TYRES, engine, rules_of
from conftest import needs
from dottedline.cli import main
from dottedline.language import LANGUAGES, speaking

anyio = needs("anyio")
needs("anyio.from_thread")
mcp = needs("mcp")
httpx2 = needs("httpx2")

from mcp.client.stdio import stdio_client  # noqa: E402
from mcp.client.streamable_http import streamable_http_client  # noqa: E402

from dottedline.serving import assistant_schemas, assistant_server, assistants, operations  # noqa: E402
from dottedline.serving.grounds import GROUND  # noqa: E402
from dottedline.serving.reach import token_for  # noqa: E402

ROOT = Path(__file__).parents[1]
ENGINE = str(Path(dottedline.__file__).parents[1])
EXAMPLES = ROOT / "facts" / "b2b_marketing" / "examples"
PATIENCE = 60
FACTS = {"gtm_motion": "self_serve", "freemium_product": True, "current": {"design": "product"}, "uses_agencies": True}

TOOLS = ["next_question", "consult", "explain", "why_not", "what_if", "compare", "chart", "vocabulary"]

BOOK = dottedline.load()
VALIDATORS = {name: jsonschema.Draft202012Validator(assistant_schemas.output_schema(name)) for name in TOOLS}

#: Arguments for each tool.
ASKED = {
    "next_question": {"profile": FACTS},
    "consult": {"profile": FACTS},
    "explain": {"profile": FACTS, "decision": "lifecycle_marketing"},
    "why_not": {"profile": FACTS, "decision": "lifecycle_marketing", "outcome": "growth"},
    "what_if": {"profile": FACTS, "suppose": {"gtm_motion": "hybrid"}},
    "compare": {"profile": FACTS},
    "chart": {"profile": FACTS, "which": "present"},
    "vocabulary": {"sections": ["go_to_market"]},
}


def command(*arguments):
    return [sys.executable, "-m", "dottedline.cli", "mcp", *arguments]


def environment():
    return {**os.environ, "PYTHONPATH": ENGINE, "LANG": "C", "LC_ALL": "C"}


def over_pipes(*arguments):
    """The transport to a server that the client starts."""
    program, *rest = command(*arguments)
    return stdio_client(mcp.StdioServerParameters(command=program, args=rest, env=environment()))


class Url(str):
    """An address, with the process that serves it."""

    server: subprocess.Popen


@contextlib.contextmanager
def serving(*arguments):
    """The address of a server over HTTP, for the time of a `with` block; it has to stop when it is told to."""
    told = command("--http", "127.0.0.1:0", *arguments)
    with subprocess.Popen(told, stderr=subprocess.PIPE, text=True, env=environment()) as server:
        try:
            line = server.stderr.readline()
            url = Url(re.search(r"http://\S+", line)[0])
            url.server = server
            yield url
            server.send_signal(signal.SIGTERM)
            assert server.wait(PATIENCE) in (0, -signal.SIGTERM)
        finally:
            server.kill()


def with_session(transport, work):
    """Runs `work` with a session of the SDK over a transport, and bounds all of it."""

    async def run():
        with anyio.fail_after(PATIENCE):
            async with transport as streams, mcp.ClientSession(streams[0], streams[1]) as session:
                started = await session.initialize()
                return await work(session, started)

    return anyio.run(run)


@pytest.fixture(scope="module", params=["pipes", "http"])
def talk(request):
    """Runs some work with one session, over one transport and the other."""
    with contextlib.ExitStack() as stack:
        if request.param == "pipes":
            transport = over_pipes()
        else:
            transport = streamable_http_client(stack.enter_context(serving()))
        portal = stack.enter_context(anyio.from_thread.start_blocking_portal())
        reading, writing, *_rest = stack.enter_context(portal.wrap_async_context_manager(transport))
        session = stack.enter_context(portal.wrap_async_context_manager(mcp.ClientSession(reading, writing)))
        started = portal.call(session.initialize)

        async def bounded(work):
            with anyio.fail_after(PATIENCE):
                return await work(session, started)

        yield lambda work: portal.call(bounded, work)


# --- by a client, over both transports -------------------------------------------------------


def test_it_says_what_it_is_and_how_to_go_about_it(talk):
    async def work(session, started):
        listed = await session.list_tools()
        prompts = await session.list_prompts()
        prompt = await session.get_prompt("interview")
        return started, listed.tools, prompts.prompts, prompt

    started, tools, prompts, prompt = talk(work)
    assert started.server_info.name == "dottedline"
    assert started.server_info.version == dottedline.__version__
    for words in ("Never say anything more firmly", "choose none", "the source does not say", "neither no nor zero"):
        assert words in started.instructions
    assert [tool.name for tool in tools] == TOOLS
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        assert tool.input_schema["type"] == tool.output_schema["type"] == "object"
    assert [each.name for each in prompts] == ["interview"]
    assert "next_question" in prompt.messages[0].content.text


def test_every_tool_gives_what_its_schema_says(talk):
    """The session validates what comes back against the schemas that were listed."""

    async def work(session, _started):
        await session.list_tools()
        return {name: await session.call_tool(name, asked) for name, asked in ASKED.items()}

    book = dottedline.load()
    for name, result in talk(work).items():
        assert not result.is_error, name
        assert result.content[0].text
        assert result.structured_content == assistants.call(book, name, ASKED[name]).values


def test_an_interview_to_the_end(talk):
    """Fleet in 2026 answers what it is asked, as its handbook has it, or does not know; then comes the advice."""
    book = dottedline.load()
    known = dottedline.answer.profile_to_dict(
        book.read_profile(EXAMPLES / "fleet_2026.yaml"), book.vocabulary
    )

    async def work(session, _started):
        answers, asked = {}, []
        while True:
            result = await session.call_tool("next_question", {"profile": answers})
            question = result.structured_content["question"]
            if question is None:
                break
            asked.append(question["fact"])
            assert question["decides"] >= 0
            assert question["fact"] not in answers
            assert question["question"] in result.content[0].text
            answers[question["fact"]] = known.get(question["fact"], "unknown")
            assert len(asked) <= len(book.vocabulary.facts)
        return answers, asked, await session.call_tool("consult", {"profile": answers})

    answers, asked, result = talk(work)
    assert len(asked) > 10
    advice = result.structured_content["decisions"]
    known = {fact: value for fact, value in answers.items() if value != "unknown"}
    expected = book.consult(known).to_dict()["decisions"]
    assert advice == expected
    assert advice["lifecycle_marketing"]["status"] == "open"


def test_bad_facts_come_back_with_everything_that_is_wrong(talk):
    asked = {
        "profile": {"gtm_motoin": "hybrid", "marketing_headcount": -3, "current": {"bdr": "nobody"},
                    "bdr_priority": "career_growth"},
        "topics": ["dessign"],
    }  # fmt: skip

    async def work(session, _started):
        await session.list_tools()
        return await session.call_tool("consult", asked)

    result = talk(work)
    assert result.is_error
    messages = [problem["message"] for problem in result.structured_content["problems"]]
    assert messages == [
        "there is no fact `gtm_motoin`",
        "`marketing_headcount` cannot be `-3`",
        "the facts contradict each other: there are no BDRs, so there can be no priority for them",
        "there is no decision, finding or topic `dessign`",
    ]
    assert result.structured_content["problems"][0]["where"]["pointer"] == "/profile/gtm_motoin"
    text = result.content[0].text
    assert "Did you mean `gtm_motion`?" in text
    assert "Did you mean `design`?" in text
    assert all(message[1:] in text for message in messages)


def test_what_is_not_there_is_an_error_of_the_protocol(talk):
    async def work(session, _started):
        found = []
        for ask in (
            lambda: session.call_tool("advise", {}),
            lambda: session.read_resource("dottedline://secrets"),
            lambda: session.get_prompt("nothing"),
        ):
            with pytest.raises(mcp.MCPError) as caught:
                await ask()
            found.append(str(caught.value))
        return found

    assert ["there is no" in message for message in talk(work)] == [True] * 3


def test_resources(talk):
    async def work(session, _started):
        listed = await session.list_resources()
        texts = {each.name: await session.read_resource(each.uri) for each in listed.resources}
        return {name: json.loads(result.contents[0].text) for name, result in texts.items()}

    read, book = talk(work), dottedline.load()
    assert read["vocabulary"] == operations.vocabulary(book)
    assert read["rulebook"] == operations.rulebook(book)
    assert [item["item"] for item in read["source"]] == list(book.data.guidance)


def test_a_client_that_takes_a_question_back_or_goes_away(talk):
    """Whoever is left is answered; many at once are, too."""

    async def work(session, _started):
        async with anyio.create_task_group() as group:

            async def impatient():
                with anyio.move_on_after(0.001):
                    await session.call_tool("compare", ASKED["compare"])

            for _ in range(8):
                group.start_soon(impatient)
        results = []

        async def patient(number):
            asked = {"profile": {**FACTS, "marketing_headcount": number}}
            results.append(await session.call_tool("consult", asked))

        async with anyio.create_task_group() as group:
            for number in range(8):
                group.start_soon(patient, number)
        return results

    results = talk(work)
    assert len(results) == 8
    assert {result.structured_content["profile"]["marketing_headcount"] for result in results} == set(range(8))


@pytest.mark.parametrize("transport", ["pipes", "http"])
def test_the_client_of_the_sdk_that_picks_the_protocol_itself(transport):
    """It asks for the newest protocol first, which has no handshake."""
    program, *arguments = command()

    async def run(server):
        with anyio.fail_after(PATIENCE):
            async with mcp.Client(server) as client:
                listed = await client.list_tools()
                return client.protocol_version, listed.tools, await client.call_tool("consult", ASKED["consult"])

    if transport == "pipes":
        server = mcp.StdioServerParameters(command=program, args=arguments, env=environment())
        version, tools, result = anyio.run(run, server)
    else:
        with serving() as url:
            version, tools, result = anyio.run(run, str(url))
    assert version >= "2025-06-18"
    assert [tool.name for tool in tools] == TOOLS
    assert result.structured_content == assistants.call(BOOK, "consult", ASKED["consult"]).values


# --- over pipes -------------------------------------------------------------------------------


HELLO = [
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    },
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
]


def asking(id, name, arguments):
    return {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": name, "arguments": arguments}}


def test_nothing_but_the_protocol_is_on_standard_output():
    """Each line is a message, also where what was sent is none, or is far too long."""
    lines = [*HELLO, "{", "[]", "null", '"text"', "\x00\xff", asking(2, "consult", {"profile": {"x": "y" * 2_000_000}})]
    lines += [asking(3, "chart", {"profile": FACTS}), asking(4, "compare", {"profile": FACTS})]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command(), text=True, env=environment(), **pipes) as server:
        alarm = threading.Timer(PATIENCE, server.kill)
        alarm.start()
        for line in lines:
            server.stdin.write(f"{line if isinstance(line, str) else json.dumps(line)}\n")
        server.stdin.flush()
        answers = {}
        while not {1, 2, 3, 4} <= answers.keys():
            message = json.loads(server.stdout.readline())
            assert message["jsonrpc"] == "2.0"
            answers[message.get("id")] = message
        rest, logged = server.communicate()
        alarm.cancel()
    assert answers[2]["result"]["isError"]
    assert not answers[3]["result"]["isError"]
    assert (rest, server.returncode) == ("", 0)
    assert "Traceback" not in logged


@pytest.mark.slow
def test_a_rulebook_that_changes_is_followed(tmp_path):
    import shutil

    shutil.copytree(Path(__file__).parent / "good" / "book", tmp_path / "book")
    path = tmp_path / "book" / "rules" / "book" / "book.yaml"

    async def work(session, _started):
        first = await session.call_tool("consult", {})
        path.write_text(path.read_text().replace('version: "1"', 'version: "2"'))
        with anyio.fail_after(PATIENCE):
            while (now := await session.call_tool("consult", {})).structured_content["rulebook"]["version"] == "1":
                await anyio.sleep(0.1)
        return first, now

    first, now = with_session(over_pipes("--rules", str(path.parent)), work)
    assert first.structured_content["rulebook"]["id"] == "book"
    assert now.structured_content["rulebook"]["version"] == "2"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["id", "zh_Hant"])
def test_it_speaks_the_language_that_is_asked_for(language):
    async def work(session, _started):
        return await session.call_tool("consult", ASKED["consult"])

    result = with_session(over_pipes("--lang", language), work)
    expected = assistants.call(dottedline.load(language=language), "consult", ASKED["consult"])
    assert result.structured_content == expected.values
    assert result.content[0].text == expected.text


@pytest.mark.slow
def test_without_inferences():
    async def work(session, _started):
        return await session.call_tool("consult", ASKED["consult"])

    told = with_session(over_pipes("--no-inferred"), work).structured_content
    assert told["findings"]
    assert not any(ground["inferred"] for ground in told["grounds"])


# --- over HTTP --------------------------------------------------------------------------------

TOKEN = "a-token-of-a-test-0123456789"


def status_of(url, **headers):
    """The status of a first request over HTTP."""
    body = json.dumps(HELLO[0]).encode()
    told = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **headers}
    request = urllib.request.Request(url, data=body, headers=told, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_only_who_brings_the_token_is_answered(tmp_path):
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    with serving("--token-file", str(tmp_path / "token")) as url:
        assert status_of(url) == 401
        assert status_of(url, Authorization=f"Bearer {TOKEN}x") == 401
        assert status_of(url, Authorization=f"Basic {TOKEN}") == 401
        assert status_of(url, Authorization=f"Bearer {TOKEN}") == 200

        async def work(session, _started):
            return await session.call_tool("consult", ASKED["consult"])

        client = httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"})
        assert not with_session(streamable_http_client(url, http_client=client), work).is_error


def test_pages_of_other_sites_are_not_let_in_bodies_are_bounded_and_it_stops_with_a_client_connected():
    """A browser on this machine could be made to ask: by the name of another site, or from a page of it."""
    with serving() as url:
        assert status_of(url) == 200
        assert status_of(url, Host="evil.example") == 421
        assert status_of(url, Origin="http://evil.example") == 403
        host, port = re.search(r"//([\d.]+):(\d+)", url).groups()
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
            head = f"POST /mcp HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
            head += "Accept: application/json, text/event-stream\r\nContent-Length: 100000000\r\n\r\n"
            connection.sendall(head.encode())
            assert b" 413 " in connection.recv(1000).splitlines()[0]

        async def work(session, _started):
            result = await session.call_tool("next_question", {})
            url.server.send_signal(signal.SIGTERM)
            return result

        assert not with_session(streamable_http_client(url), work).is_error


@pytest.mark.parametrize(
    ("arguments", "token", "said"),
    [
        (["--http", "0.0.0.0:0"], None, "`0.0.0.0` can be reached from other machines, and there is no token"),
        (["--http", "[::]:0"], None, "`::` can be reached from other machines, and there is no token"),
        (["--http", "127.0.0.1:0"], "short", "the token in `DOTTEDLINE_TOKEN` has fewer than 16 characters"),
        (["--http", "127.0.0.1:0"], "a token with spaces", "has characters that no header can have"),
        (["--http", "8091"], None, "`8091` is no address"),
        (["--http", "127.0.0.1:99999"], None, "`127.0.0.1:99999` is no address"),
        (["--http", "203.0.113.7:0"], TOKEN, "cannot listen on `203.0.113.7:0`"),
        (["--http", "127.0.0.1:0", "--token-file", "/nowhere/token"], None, "`/nowhere/token`: no such file"),
        (["--rules", "nowhere"], None, "`nowhere` is no rulebook and no folder"),
    ],
)
def test_what_cannot_be_served_is_said(arguments, token, said, monkeypatch):
    if token is not None:
        monkeypatch.setenv("DOTTEDLINE_TOKEN", token)
    result = CliRunner().invoke(main, ["mcp", *arguments])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: ")
    assert said in result.stderr


def test_a_port_that_is_taken_is_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = CliRunner().invoke(main, ["mcp", "--http", f"127.0.0.1:{taken.getsockname()[1]}"])
    assert result.exit_code == 1
    assert "cannot listen on" in result.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1"])
def test_on_this_machine_no_token_is_needed(host, tmp_path, monkeypatch):
    assert token_for(host, None) is None
    monkeypatch.setenv("DOTTEDLINE_TOKEN", f" {TOKEN}\n")
    assert token_for(host, None) == TOKEN.encode()
    (tmp_path / "token").write_text(f"{TOKEN}-of-the-file\n")
    assert token_for("0.0.0.0", str(tmp_path / "token")) == f"{TOKEN}-of-the-file".encode()


def test_a_token_goes_with_http():
    result = CliRunner().invoke(main, ["mcp", "--token-file", "x"])
    assert result.exit_code == 2
    assert "--token-file goes with --http" in result.stderr


def test_where_the_sdk_is_not_installed_it_is_said(monkeypatch):
    for name in list(sys.modules):
        if name.split(".")[0] == "mcp" or "assistant_" in name:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    result = CliRunner().invoke(main, ["mcp"])
    assert result.exit_code == 1
    assert "it comes with `pip install 'dottedline[mcp]'`" in result.stderr


# --- the page about it ---------------------------------------------------------------------------

PAGE = ROOT / "docs" / "assistants.md"


def test_the_configuration_on_the_page_connects():
    [text] = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    [server] = json.loads(text)["mcpServers"].values()
    assert server["command"] == "dottedline"
    name, *arguments = server["args"]
    assert name == "mcp"

    async def work(session, _started):
        return await session.list_tools()

    listed = with_session(over_pipes(*arguments), work)
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \| ", page, re.MULTILINE)[: len(TOOLS)] == [tool.name for tool in listed.tools]
    assert all(f"`{key}`" in page for key in GROUND["properties"] if key not in ("id", "title"))


def test_the_client_on_the_page_runs():
    script = """
import runpy, sys
import mcp
found = runpy.run_path(sys.argv[1])
found["main"].__globals__["SERVER"] = mcp.StdioServerParameters(
    command=sys.executable, args=["-m", "dottedline.cli", *found["SERVER"].args], env={"PYTHONPATH": sys.argv[2]}
)
import asyncio
asyncio.run(found["main"]())
"""
    told = [sys.executable, "-c", script, str(ROOT / "examples" / "python" / "mcp_client.py"), ENGINE]
    done = subprocess.run(told, capture_output=True, text=True, timeout=PATIENCE, check=True, env=environment())
    lines = done.stdout.splitlines()
    assert lines[0].startswith("How to structure a B2B marketing department.")
    assert lines[1].startswith("May make more sense: Product Marketing, taking it that")
    assert lines[2] == "as firm as: may and as sure as: provisional"
    assert lines[3] == "rules: lifecycle-freemium-upsell"
    assert lines[4] == "items of the source: 68, 66"
    assert lines[5].startswith("The source does not say")


# --- what is said ------------------------------------------------------------------------------


def companies():
    book = dottedline.load()
    for path in sorted(EXAMPLES.glob("*.yaml")):
        yield path.stem, dottedline.answer.profile_to_dict(book.read_profile(path), book.vocabulary)
    yield "nothing known", {}
    yield "some", FACTS


COMPANIES = dict(companies())


@pytest.mark.parametrize("company", COMPANIES)
def test_grounds_are_those_of_the_answer_and_never_firmer(company):
    book = dottedline.load()
    answer = book.consult(COMPANIES[company])
    told = assistants.call(book, "consult", {"profile": COMPANIES[company]})
    grounds = {ground["id"]: ground for ground in told.values["grounds"]}
    assert list(grounds) == [*answer.decisions, *(finding.id for finding in answer.findings)]
    rules = {rule.id for _decision, rule in book.data.rules()}
    rules |= {option.rule for decision in book.data.decisions.values() for option in decision.alternatives}
    for id, ground in grounds.items():
        assert set(ground["rules"]) <= rules
        assert all(item["says"] == book.data.guidance[item["item"]].says for item in ground["guidance"])
        assert ground["says"].rstrip(".") in told.text.replace("\\", "")
        for rule in ground["rules"]:
            assert f"`{rule}`" in told.text
        decision = answer.decisions.get(id)
        if decision is None:
            continue
        assert (ground["status"], ground["modality"]) == (decision.status, decision.modality)
        assert set(decision.rules) <= set(ground["rules"])
        assert len(ground["silence"]) == len(decision.not_covered) + (decision.status == "silent")
    assert len(told.values["source_silent_on"]) == len(answer.not_covered)
    for line in told.values["source_silent_on"]:
        assert line in told.text.replace("\\", "")


@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize("name", [name for name in TOOLS if name != "vocabulary"])
def test_arguments_and_results_fit_their_schemas(name, company):
    book = dottedline.load()
    asked = {**ASKED[name], "profile": COMPANIES[company]}
    jsonschema.validate(asked, assistant_schemas.input_schema(book, name))
    told = assistants.call(book, name, asked)
    assert not told.failed
    jsonschema.validate(told.values, assistant_schemas.output_schema(name))
    operation = assistants.TOOLS[name].operation
    request = assistants.Request.of(asked)
    given = operations.OPERATIONS[operation].run(book, request)
    assert {key: told.values[key] for key in given} == given


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("book", NAMES)
def test_any_rulebook_in_any_language(book, language):
    """Also one on quite another subject, without an organisation, and one that extends another."""
    book = dottedline.load(rules_of(book), language=language)
    decision = next(id for id, each in book.data.decisions.items() if len(each.outcomes) > 1)
    asked = {"decision": decision, "outcome": next(iter(book.data.decisions[decision].outcomes))}
    arguments = {"explain": {"decision": decision}, "why_not": asked, "what_if": {"suppose": {}}}
    tools = assistants.tools_of(book)
    assert ("chart" in tools) == (book.data.organisation is not None)
    for name in tools:
        given = arguments.get(name, {})
        jsonschema.validate(given, assistant_schemas.input_schema(book, name))
        told = assistants.call(book, name, given)
        assert not told.failed
        VALIDATORS[name].validate(told.values)
    listed = assistant_server._tools(book)
    assert [tool.name for tool in listed] == list(tools)
    with speaking(language):
        assert book.title in assistant_server.instructions(book)
    for name in assistant_server._RESOURCES:
        assert json.loads(assistant_server._resource(book, name))


def test_what_a_rulebook_has_no_answer_to_is_not_offered():
    book = engine(TYRES)
    assert "compare" not in assistants.tools_of(book)
    with pytest.raises(KeyError):
        assistants.call(book, "compare", {})
    words = json.dumps([tool.input_schema for tool in assistant_server._tools(book)])
    words += json.dumps([tool.description for tool in assistant_server._tools(book)])
    assert not re.findall(r"marketing|organi[sz]ation", words, re.IGNORECASE)


def test_what_another_source_says_is_told_apart():
    told = assistants.call(engine(PRACTICE), "consult", {}).values
    items = [item["item"] for ground in told["grounds"] for item in ground["guidance"]]
    assert {type(item) for item in items} == {int, str}


def test_the_facts_in_the_schema_are_those_of_the_vocabulary():
    book = dottedline.load()
    profile = assistant_schemas.input_schema(book, "consult")["properties"]["profile"]
    assert list(profile["properties"]) == [*book.vocabulary.facts, *sorted(book.vocabulary.families)]
    validator = jsonschema.Draft202012Validator(assistant_schemas.input_schema(book, "consult"))
    for fact in book.vocabulary.facts.values():
        for value in (*fact.values, True, 3, "nonsense", ["brand"], None, "unknown"):
            fits = validator.is_valid({"profile": {fact.id: value}})
            if fact.type in ("records", "note"):
                continue
            try:
                book.consult({fact.id: value})
            except dottedline.ProfileError:
                assert not fits, (fact.id, value)
            else:
                # The reader takes more than the schema names: `unknown` in any spelling, a number as a text.
                assert fits or not isinstance(value, (bool, list)), (fact.id, value)


def some_json():
    """Whatever an assistant may send, names that there are among it."""
    words = st.sampled_from(["design", "lifecycle_marketing", "growth", "hybrid", "unknown", "advised", "go_to_market"])
    plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | words
    keys = st.sampled_from(["gtm_motion", "current", "current.design", "design", "bdr", "contractors", "x"])
    return st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3))


@settings(max_examples=300)
@given(name=st.sampled_from(TOOLS), changed=st.dictionaries(st.sampled_from(
    ["profile", "topics", "decision", "outcome", "suppose", "which", "sections", "x"]), some_json(), max_size=3))
def test_whatever_is_asked_is_answered_or_refused_with_reasons(name, changed):
    told = assistants.call(BOOK, name, {**ASKED[name], **changed})
    json.dumps(told.values)
    assert told.text.encode()
    if told.failed:
        assert told.values["problems"]
        assert all(problem["message"] for problem in told.values["problems"])
    else:
        VALIDATORS[name].validate(told.values)


def test_the_vocabulary_by_section():
    book = dottedline.load()
    whole = assistants.call(book, "vocabulary", {})
    assert whole.values == operations.vocabulary(book)
    part = assistants.call(book, "vocabulary", {"sections": ["go_to_market"]})
    assert {fact["section"] for fact in part.values["facts"]} == {"go_to_market"}
    jsonschema.validate(part.values, assistant_schemas.output_schema("vocabulary"))
    wrong = assistants.call(book, "vocabulary", {"sections": ["go_to_markets"], "x": 1})
    assert wrong.failed
    assert "Did you mean `go_to_market`?" in wrong.text
    assert "`x`" in wrong.text


def test_silence_is_said_and_not_filled():
    signals = ["relies_on_sales_team", "long_buying_process", "easy_to_use_product", "self_serve_signup"]
    asked = {"profile": dict.fromkeys(signals, False), "decision": "gtm_motion"}
    told = assistants.call(BOOK, "explain", asked)
    [ground] = told.values["grounds"]
    assert (ground["status"], ground["says"]) == ("silent", "The source does not say.")
    assert ground["silence"] == ["The source does not say."]
    assert ground["rules"] == ["motion-neither"]
    assert ground["because"]


def test_a_question_says_what_it_bears_on_and_what_the_source_says():
    told = assistants.call(dottedline.load(), "next_question", {"profile": {}}).values
    assert told["question"]["fact"] == "gtm_motion"
    assert "lifecycle_marketing" in [each["decision"] for each in told["bears_on"]]
    assert [item["item"] for item in told["guidance"]] == [63, 64, 65, 66]


def test_a_fault_of_the_engine_gives_no_advice(monkeypatch):
    def broken(*_args):
        raise dottedline.EngineFault("it differs")

    monkeypatch.setattr(assistant_server, "call", broken)
    told = assistant_server._called(dottedline.load(), "consult", {})
    assert told.failed
    assert "No advice is given" in told.text

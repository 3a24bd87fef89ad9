"""The server for assistants: the Model Context Protocol, by its official SDK, over pipes or HTTP.

Tools, resources and a prompt are made from the rulebook, which follows its
files. Questions are answered in threads; one that is taken back ends at once
for who asked it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio.to_thread
from mcp import types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from .. import __version__
from ..language import N_, _, speaking
from ..library import Rulebook
from ..logs import LOGGER
from ..matcher import EngineFault
from ..present.report import cited
from ..words import join_sentences, sentence
from . import operations
from .assistant_schemas import input_schema, output_schema
from .assistants import Result, call, tools_of
from .grounds import item_told

#: The resources, as the ends of their addresses.
_RESOURCES = ("vocabulary", "rulebook", "source")
_SCHEME = "dottedline://"

_INTERVIEW = "interview"


#: How an assistant is to go about it, point by point, to be translated.
_CONDUCT = (
    N_(
        "Never say anything more firmly than its `modality`: must, should, default (usually), may. What is "
        "`info`, `rationale`, `depends_on`, `caution` or `contested` is no advice to do something."
    ),
    N_(
        "`open`: name every option, and choose none. `provisional`: say what would change it. "
        "`undetermined`: say what it depends on."
    ),
    N_(
        "Where it is `silent`, and of all that `silence` and `source_silent_on` name, say that the source does "
        "not say. Do not fill the gap, not even with common practice."
    ),
    N_("`inferred`: say that it is an inference of this project's own, not the source's."),
    N_(
        "What nobody has said is unknown, which is neither no nor zero. Put into a profile what the person has "
        "said, never what you suppose; ask by `next_question`."
    ),
    N_("Asked for reasons, name the rules and the items of the source in `grounds`."),
)


def instructions(book: Rulebook) -> str:
    """What an assistant is told when it connects, in the language spoken now."""
    advice = _("The advice is that of the rulebook. Put it into words, and add nothing to it.")
    head = join_sentences(sentence(book.title), sentence(cited(book.data)), advice)
    return "\n".join([head, *(f"- {_(text)}" for text in _CONDUCT)])


def server_of(current: Callable[[], Rulebook]) -> Server[Any]:
    """The server.

    Args:
        current: the rulebook to answer with, asked for anew for each request.
    """

    async def list_tools(_context: Any, _params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=await _in_thread(_tools, current()))

    async def call_tool(_context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        book = current()
        if params.name not in tools_of(book):
            raise MCPError(types.INVALID_PARAMS, f"there is no tool {params.name!r}")
        result = await _in_thread(_called, book, params.name, params.arguments or {})
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=result.text)],
            structured_content=result.values,
            is_error=result.failed,
        )

    async def list_resources(_context: Any, _params: Any) -> types.ListResourcesResult:
        return types.ListResourcesResult(resources=_resources(current()))

    async def read_resource(_context: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        name = str(params.uri).removeprefix(_SCHEME)
        if name not in _RESOURCES:
            raise MCPError(types.INVALID_PARAMS, f"there is no resource {params.uri}")
        text = await _in_thread(_resource, current(), name)
        content = types.TextResourceContents(uri=params.uri, mime_type="application/json", text=text)
        return types.ReadResourceResult(contents=[content])

    async def list_prompts(_context: Any, _params: Any) -> types.ListPromptsResult:
        return types.ListPromptsResult(prompts=[_prompt(current())])

    async def get_prompt(_context: Any, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        if params.name != _INTERVIEW:
            raise MCPError(types.INVALID_PARAMS, f"there is no prompt {params.name!r}")
        book = current()
        with speaking(book.language):
            content = types.TextContent(type="text", text=_interview())
        message = types.PromptMessage(role="user", content=content)
        return types.GetPromptResult(description=_prompt(book).description, messages=[message])

    book = current()
    with speaking(book.language):
        return Server(
            "dottedline",
            version=__version__,
            title=book.title,
            instructions=instructions(book),
            on_list_tools=list_tools,
            on_call_tool=call_tool,
            on_list_resources=list_resources,
            on_read_resource=read_resource,
            on_list_prompts=list_prompts,
            on_get_prompt=get_prompt,
        )


async def _in_thread(work: Callable[..., Any], *args: Any) -> Any:
    """What some work gives; who has gone is not waited for."""
    return await anyio.to_thread.run_sync(partial(work, *args), abandon_on_cancel=True)


def _called(book: Rulebook, name: str, arguments: dict[str, Any]) -> Result:
    try:
        return call(book, name, arguments)
    except EngineFault as error:
        LOGGER.exception("no advice could be given")
        with speaking(book.language):
            told = _("internal error: {error}\nNo advice is given. Please report this.").format(error=error)
        return Result({"problems": []}, told, failed=True)


def _tools(book: Rulebook) -> list[types.Tool]:
    reading_only = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    with speaking(book.language):
        return [
            types.Tool(
                name=name,
                title=_(tool.title),
                description=_(tool.description),
                input_schema=input_schema(book, name),
                output_schema=output_schema(name),
                annotations=reading_only,
            )
            for name, tool in tools_of(book).items()
        ]


def _resources(book: Rulebook) -> list[types.Resource]:
    with speaking(book.language):
        titles = {
            "vocabulary": _("What can be known: facts, their questions and values"),
            "rulebook": _("What the rulebook answers: topics, decisions with their outcomes, findings"),
            "source": _("The items into which the source was broken down, in our own words"),
        }
    return [
        types.Resource(uri=f"{_SCHEME}{name}", name=name, title=titles[name], mime_type="application/json")
        for name in _RESOURCES
    ]


def _resource(book: Rulebook, name: str) -> str:
    with speaking(book.language):
        told: object = [item_told(item) for item in book.data.guidance.values()]
        if name != "source":
            told = (operations.vocabulary if name == "vocabulary" else operations.rulebook)(book)
    return json.dumps(told, ensure_ascii=False)


def _prompt(book: Rulebook) -> types.Prompt:
    with speaking(book.language):
        return types.Prompt(
            name=_INTERVIEW,
            title=_("Interview"),
            description=_("Asks what still matters, and then tells the advice."),
        )


def _interview() -> str:
    return _(
        "Interview me, and then advise me. Ask what `next_question` gives, one question at a time, in my "
        "language, and say why it is asked. Take my answer as I give it; where I do not know, give `unknown`. "
        "I may stop at any time. Then call `consult` with all answers, and tell me the advice: each piece as "
        "firm as its modality has it, with what would change it, and with what the source does not say."
    )

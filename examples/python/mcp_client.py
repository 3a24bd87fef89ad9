"""What an assistant does with `dottedline mcp`, without a language model: ask, answer, consult.

    python mcp_client.py
"""

import asyncio

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

SERVER = StdioServerParameters(command="dottedline", args=["mcp"])

#: What the person says when asked.
SAID = {"gtm_motion": "self_serve", "freemium_product": True}


async def main():
    async with stdio_client(SERVER) as (reading, writing), ClientSession(reading, writing) as session:
        started = await session.initialize()
        print(started.instructions.splitlines()[0])
        profile = {}
        while True:
            asked = await session.call_tool("next_question", {"profile": profile})
            question = asked.structured_content["question"]
            if question is None:
                break
            profile[question["fact"]] = SAID.get(question["fact"], "unknown")
        told = await session.call_tool("consult", {"profile": profile, "topics": ["lifecycle_marketing"]})
        [ground] = told.structured_content["grounds"]
        print(ground["says"])
        print("as firm as:", ground["modality"], "and as sure as:", ground["status"])
        print("rules:", ", ".join(ground["rules"]))
        print("items of the source:", ", ".join(str(item["item"]) for item in ground["guidance"]))
        print(*ground["silence"], sep="\n")


if __name__ == "__main__":
    asyncio.run(main())

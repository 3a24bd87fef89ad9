"""Advice beside whatever else an event loop does: facts as a line of JSON in, advice as a line of JSON out.

    python asyncio_server.py 8750
"""

import asyncio
import json
import sys

import dottedline

rulebooks = dottedline.Reloading()


def advise(line):
    """Runs in a thread: what is asked for the first time takes some milliseconds, a chart or a memo more."""
    try:
        return rulebooks.current.consult(json.loads(line)).to_dict()
    except dottedline.ProfileError as error:
        return {"problems": [problem.message for problem in error.problems]}
    except ValueError as error:
        return {"problems": [f"this is no JSON: {error}"]}


async def talk(reader, writer):
    while line := await reader.readline():
        told = await asyncio.to_thread(advise, line)
        writer.write(json.dumps(told).encode() + b"\n")
        await writer.drain()
    writer.close()


async def main(port):
    server = await asyncio.start_server(talk, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))

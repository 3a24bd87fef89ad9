"""A background worker: jobs as lines of JSON in, advice as lines of JSON out, by processes of its own.

    python worker.py < jobs.ndjson > advice.ndjson

A job is {"id": ..., "facts": {...}}. A bad one is answered with what is wrong with it, and the others go on.
"""

import json
import logging
import sys
from concurrent.futures import ProcessPoolExecutor

import dottedline

rulebooks = None


def start():
    """In each process, once."""
    global rulebooks
    logging.basicConfig(level=logging.INFO)  # that the rulebook was read anew, or is broken now
    rulebooks = dottedline.Reloading()


def work(line):
    """The answer to a job."""
    try:
        job = json.loads(line)
        answer = rulebooks.current.consult(job["facts"])
    except dottedline.ProfileError as error:
        return json.dumps({"id": job["id"], "problems": [each.message for each in error.problems]})
    except (ValueError, KeyError, TypeError) as error:
        return json.dumps({"line": line.strip(), "problems": [f"this is no job: {error!r}"]})
    outcomes = {id: decision.outcome or decision.status for id, decision in answer.decisions.items()}
    told = {"id": job["id"], "version": answer.rulebook.version, "outcomes": outcomes}
    return json.dumps({**told, "findings": [finding.id for finding in answer.findings]})


def main(lines=sys.stdin, out=sys.stdout, processes=2):
    with ProcessPoolExecutor(processes, initializer=start) as pool:
        for told in pool.map(work, lines, chunksize=16):
            print(told, file=out)


if __name__ == "__main__":
    main()

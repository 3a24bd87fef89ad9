"""The whole process `dottedline consult FILE`, in turn with one that only imports what it stands on.

And `import dottedline` in a new process, as a host waits for it: processor time, less that of a process that
does nothing (Linux, macOS). `python -X importtime -c "import dottedline"` says what it goes into.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 15
PROFILE = Path(__file__).parents[1] / "facts/b2b_marketing/examples/mattermost_2020.yaml"
CONSULT = [sys.executable, "-m", "dottedline.cli", "consult", str(PROFILE)]
IMPORTS = [sys.executable, "-c", "import click, yaml, rich"]
HOST = [sys.executable, "-c", "import dottedline"]
NOTHING = [sys.executable, "-c", "pass"]


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def processor_seconds(command: list[str]) -> float:
    """Processor time of one run, which other programs on the machine do not lengthen much."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    for command in (CONSULT, IMPORTS, HOST):
        seconds(command)
    pairs = [(seconds(CONSULT), seconds(IMPORTS)) for _ in range(ROUNDS)]
    ratio = statistics.median(consult / imports for consult, imports in pairs)
    consult, imports = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    print(f"medians of {ROUNDS} pairs")
    print(f"consult FILE             {consult:6.0f} ms")
    print(f"import click, yaml, rich {imports:6.0f} ms")
    print(f"ratio                    {ratio:6.2f}")
    extra = [processor_seconds(HOST) - processor_seconds(NOTHING) for _ in range(ROUNDS)]
    print(f"import dottedline        {statistics.median(extra) * 1000:6.0f} ms of processor time")


if __name__ == "__main__":
    main()

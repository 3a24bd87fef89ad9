"""The whole process `dottedline consult FILE`, in turn with one that only imports what it stands on."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 15
PROFILE = Path(__file__).parents[1] / "facts/b2b_marketing/examples/mattermost_2020.yaml"
CONSULT = [sys.executable, "-m", "dottedline.cli", "consult", str(PROFILE)]
IMPORTS = [sys.executable, "-c", "import click, yaml, rich"]


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    for command in (CONSULT, IMPORTS):
        seconds(command)
    pairs = [(seconds(CONSULT), seconds(IMPORTS)) for _ in range(ROUNDS)]
    ratio = statistics.median(consult / imports for consult, imports in pairs)
    consult, imports = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    print(f"medians of {ROUNDS} pairs")
    print(f"consult FILE             {consult:6.0f} ms")
    print(f"import click, yaml, rich {imports:6.0f} ms")
    print(f"ratio                    {ratio:6.2f}")


if __name__ == "__main__":
    main()

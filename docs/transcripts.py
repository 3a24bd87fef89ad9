"""Keeps the transcripts in the Markdown files true: runs their commands and puts in what they print.

A transcript is a fenced block of kind `console`; a line that begins with `$ ` is a command, and what follows
is what it printed. `python docs/transcripts.py` rewrites them, with `--check` it only says which are stale.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
WIDTH = 88


def run(command: str) -> str:
    """What a command prints at the top of the checkout, with lines as wide as a page takes."""
    folder = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": str(WIDTH),
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "TERM": "dumb",
    }
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    lines = (done.stdout + done.stderr).splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def fresh(text: str) -> str:
    """The text with every transcript made anew."""

    def again(match: re.Match[str]) -> str:
        commands = [line[2:] for line in match[0].splitlines() if line.startswith("$ ")]
        return "\n".join(f"$ {command}\n{run(command)}" for command in commands)

    return BLOCK.sub(again, text)


def main() -> int:
    """Rewrites, or with `--check` reports, the stale files."""
    check = "--check" in sys.argv[1:]
    stale = []
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        made = fresh(text)
        if made != text:
            stale.append(path)
            if not check:
                path.write_text(made, encoding="utf-8")
    for path in stale:
        print(f"{path.relative_to(ROOT)}: transcripts {'are stale' if check else 'made anew'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())

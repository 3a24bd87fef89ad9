"""Keeps the transcripts in the Markdown files true: runs their commands and puts in what they print.

A transcript is a fenced block of kind `console`; a line that begins with `$ ` is a command, and what follows
is what it printed. `python docs/transcripts.py` rewrites them, with `--check` it only says which are stale.

Commands run at the top of the checkout. A page with the comment `<!-- in an empty folder -->` is followed from
its top to its end in a folder of its own: a block of code below `<!-- file: name -->` is written there, and the
commands run there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
FOLLOWED = "<!-- in an empty folder -->"
FILE = re.compile(r"<!-- file: (?P<name>\S+) -->\n```\w*\n(?P<content>.*?)^```$", re.DOTALL | re.MULTILINE)
STEP = re.compile(f"{FILE.pattern}|{BLOCK.pattern}", re.DOTALL | re.MULTILINE)
WIDTH = 88


def run(command: str, where: Path = ROOT) -> str:
    """What a command prints in a folder, with lines as wide as a page takes."""
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
        command, shell=True, cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    lines = (done.stdout + done.stderr).splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def fresh(text: str) -> str:
    """The text with every transcript made anew."""
    if FOLLOWED in text:
        with tempfile.TemporaryDirectory() as folder:
            return followed(text, Path(folder))
    return BLOCK.sub(lambda match: transcript(match[0], ROOT), text)


def transcript(text: str, where: Path) -> str:
    """A transcript made anew, its commands run in a folder."""
    commands = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
    return "\n".join(f"$ {command}\n{run(command, where)}" for command in commands)


def followed(text: str, folder: Path) -> str:
    """A page of steps with its transcripts made anew, followed word for word in a folder."""

    def step(match: re.Match[str]) -> str:
        if match["name"] is None:
            return transcript(match[0], folder)
        path = folder / match["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(match["content"], encoding="utf-8")
        return match[0]

    return STEP.sub(step, text)


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

"""Puts the files that a page of the docs shows into it: run it after changing one.

A comment names the file, and the block of code below it is the file:

    <!-- examples/python/worker.py -->
    ```python
    ...
    ```

Of a notebook, the cells with code are shown.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]

_INCLUDED = re.compile(
    r"<!-- (?P<name>examples/\S+) -->\n```(?P<language>\w*)\n.*?^```$", re.DOTALL | re.MULTILINE
)


def fresh(text: str) -> str:
    """A page with its files as they are."""

    def block(match: re.Match[str]) -> str:
        content = content_of(ROOT / match["name"])
        return f"<!-- {match['name']} -->\n```{match['language']}\n{content}```"

    return _INCLUDED.sub(block, text)


def content_of(path: Path) -> str:
    """What a page shows of a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    return "\n\n".join("".join(cell["source"]) for cell in cells) + "\n"


def main() -> None:
    for page in sorted((ROOT / "docs").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        if (now := fresh(text)) != text:
            page.write_text(now, encoding="utf-8")
            print(f"{page.name}: written anew")


if __name__ == "__main__":
    main()

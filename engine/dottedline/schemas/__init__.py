"""JSON Schemas of all that the program reads and prints.

What it prints is declared in `outputs.py`; `inputs.py` makes those of rulebooks
and vocabularies from the shapes that their readers go by. They are committed
beside this file, so that programs in any language find them and nothing is made
at run time; `python docs/schemas.py` makes them anew. That of profiles depends
on the vocabulary: `profiles.py` makes it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_ENDING = ".schema.json"


def names() -> list[str]:
    """The names of the schemas that are the same for all rulebooks: `answer`, `explain` and the rest."""
    return sorted(path.name.removesuffix(_ENDING) for path in _FOLDER.glob(f"*{_ENDING}"))


def path_of(name: str) -> Path:
    """Where the schema of a name lies."""
    return _FOLDER / f"{name}{_ENDING}"


def load(name: str) -> dict[str, Any]:
    """The schema of a name, as JSON values.

    Raises:
        FileNotFoundError: where there is none of that name.
    """
    schema = json.loads(path_of(name).read_text(encoding="utf-8"))
    assert isinstance(schema, dict)
    return schema


def text(schema: dict[str, Any]) -> str:
    """A schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"

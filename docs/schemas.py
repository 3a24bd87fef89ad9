"""Makes the JSON Schemas from what the program declares, those of profiles and cases from the vocabulary.

`python docs/schemas.py` writes them, with `--check` it only says which are stale.
"""

from __future__ import annotations

import sys
from pathlib import Path

import dottedline
from dottedline import schemas
from dottedline.files import write_whole
from dottedline.schemas.inputs import inputs
from dottedline.schemas.outputs import outputs
from dottedline.schemas.profiles import case_schema, profile_schema

ROOT = Path(__file__).parents[1]
CASE = ROOT / "rules" / "b2b_marketing" / "case.schema.json"
PROFILE = ROOT / "facts" / "b2b_marketing" / "profile.schema.json"


def made() -> dict[Path, str]:
    """Each file with its text."""
    named = {schemas.path_of(name): schema for name, schema in [*inputs(), *outputs()]}
    book = dottedline.load()
    named[PROFILE] = profile_schema(book.vocabulary, book.id)
    named[CASE] = case_schema(book.vocabulary, book.id)
    return {path: schemas.text(schema) for path, schema in named.items()}


def stale() -> list[Path]:
    """The files that are not what would be made."""
    return [
        path
        for path, text in made().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    """Writes the schemas, or with `--check` says which are stale."""
    if "--check" in sys.argv[1:]:
        for path in (found := sorted(stale())):
            print(f"{path.relative_to(ROOT)} is stale: run `python docs/schemas.py`")
        return int(bool(found))
    for path, text in made().items():
        write_whole(path, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

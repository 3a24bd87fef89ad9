"""What evaluating a rulebook took time to find out, kept between runs in the user's cache directory.

A file holds, for one rulebook by its hash and one version of this format,
the tables of what is worth asking, and which patterns of conditions
durable_rules has fired. A file that is cut short, spoilt or of another
rulebook is as good as none: what it would hold is found out anew. It is
written whole, so that a killed writer leaves the old one, and of several
writers the last one wins; they write the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..files import write_whole
from ..library import Rulebook
from .tables import Block, Table

#: To be raised when what a file holds would mean something else.
FORMAT = 1

#: Where another directory than the user's is wanted; empty for none at all.
VARIABLE = "DOTTEDLINE_CACHE"


class Cache:
    """The file of one rulebook.

    Args:
        book: the rulebook.
        folder: where it lies; the user's cache directory where it is None.
    """

    def __init__(self, book: Rulebook, folder: Path | None = None) -> None:
        self._book = book
        folder = _folder() if folder is None else folder
        # Tables speak of variables by their positions: where those differ, it is another file.
        variables = [(id, len(variable.bands)) for id, variable in book.network.variables.items()]
        known = repr((book.sha256, book.data.with_inferred, FORMAT, variables)).encode()
        name = f"{book.id}-{hashlib.sha256(known).hexdigest()[:24]}.tables"
        self.path = None if folder is None else folder / name
        self._tables: dict[str, Table] | None = None
        #: What the file holds of each unit: the patterns that were fired.
        self._attested: dict[str, frozenset[int]] = {}
        self._read()

    def tables(self, make: Callable[[], dict[str, Table]]) -> Mapping[str, Table]:
        """The tables that are kept, or else those made now, which are then kept where all of them can be."""
        if self._tables is not None:
            return self._tables
        made = make()
        if not any(table.walked for table in made.values()):
            self._tables = made
            self._write()
        return made

    def keep(self) -> None:
        """Keeps what durable_rules fired since the last time."""
        if self._attested != self._fired():
            self._write()

    def _fired(self) -> dict[str, frozenset[int]]:
        units = self._book.network.units
        return {id: frozenset(unit.attested) for id, unit in units.items() if unit.attested}

    def _write(self) -> None:
        """Writes the file; where that cannot be, the next run does without."""
        if self.path is None:
            return
        self._attested = self._fired()
        body = self._body()
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, _seal(body) + body)

    def _read(self) -> None:
        try:
            data = self.path.read_bytes() if self.path is not None else b""
        except OSError:
            return
        body = data[len(_seal(b"")) :]
        if not body or data[: len(_seal(b""))] != _seal(body):
            return
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            index = json.loads(arrays["index"].tobytes())
            if index["tables"] is not None:
                self._tables = {}
                for key, kept in index["tables"].items():
                    blocks = [_block(variables, arrays[name]) for variables, name in kept["blocks"]]
                    self._tables[key] = Table.of(kept["leaves"], blocks)
        for id, patterns in index["attested"].items():
            self._attested[id] = frozenset(int(pattern, 16) for pattern in patterns)
            if id in self._book.network.units:
                self._book.network.units[id].attested.update(self._attested[id])

    def _body(self) -> bytes:
        arrays: dict[str, npt.NDArray[Any]] = {}
        tables: dict[str, object] | None = None if self._tables is None else {}
        for key, table in (self._tables or {}).items():
            blocks = []
            for block in table.blocks:
                name = f"t{len(arrays)}"
                arrays[name] = block.table
                blocks.append((block.variables, name))
            tables[key] = {"leaves": table.leaves, "blocks": blocks}  # type: ignore[index]
        attested = {id: [f"{bits:x}" for bits in sorted(fired)] for id, fired in self._attested.items()}
        index = json.dumps({"tables": tables, "attested": attested})
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, index=np.frombuffer(index.encode(), np.uint8), **arrays)
        return content.getvalue()


def _block(variables: Iterable[Sequence[int]], table: npt.NDArray[Any]) -> Block:
    return Block.of(tuple((variable, size) for variable, size in variables), table)


def _seal(body: bytes) -> bytes:
    """What a file begins with: what it is, and the hash of what follows."""
    return f"dottedline tables {FORMAT} {hashlib.sha256(body).hexdigest()}\n".encode()


def _folder() -> Path | None:
    wanted = os.environ.get(VARIABLE)
    if wanted is not None:
        return Path(wanted) if wanted else None
    from platformdirs import user_cache_path

    return user_cache_path("dottedline", appauthor=False)

"""Formats of tables: what they are called, what their files' names end in, and how they are compressed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import NamedTuple

from ..files import STANDARD
from ..language import _
from ..problems import InputError, Problem, did_you_mean, listing

#: Each format with the endings of its files; the first is the one that is written.
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "parquet": (".parquet", ".pq"),
    "csv": (".csv",),
    "tsv": (".tsv", ".tab"),
    "ndjson": (".ndjson", ".jsonl"),
    "arrow": (".arrow", ".feather", ".ipc"),
    "arrows": (".arrows",),
}

#: A folder of YAML and JSON files, one for each company; only read.
PROFILES = "profiles"

#: What a file is compressed with, by the last ending of its name; pyarrow's word for it.
COMPRESSIONS: Mapping[str, str] = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd", ".lz4": "lz4"}


class Format(NamedTuple):
    """The format of a table's file."""

    #: A key of `ENDINGS`, or `PROFILES`.
    kind: str
    #: The ending of the compression, such as `.gz`; empty where there is none.
    packed: str = ""

    @property
    def ending(self) -> str:
        """What the names of its files end in."""
        return ENDINGS[self.kind][0] + self.packed


def format_named(name: str) -> Format:
    """The format that `--from` or `--to` names: `csv`, `csv.gz`, `parquet`.

    Raises:
        InputError: where there is none of that name.
    """
    found = _by_ending(f".{name}")
    if found is None and name == PROFILES:
        return Format(PROFILES)
    if found is None:
        known = _("the formats are {names}").format(names=listing([*ENDINGS, PROFILES]))
        told = _("there is no format `{name}`").format(name=name)
        raise InputError([Problem(told, help=did_you_mean(name, ENDINGS, known))])
    return found


def format_of(path: str, asked: str | None, option: str) -> Format:
    """The format of a file: what was asked for, else what its name ends in.

    Args:
        path: the file, or `-`.
        asked: the format's name, or None.
        option: the option that names the format, for the message.

    Raises:
        InputError: where it cannot be told.
    """
    if asked is not None:
        return format_named(asked)
    if path != STANDARD and Path(path).is_dir():
        return Format(PROFILES)
    found = _by_ending(PurePath(path).name.lower()) if path != STANDARD else None
    if found is None:
        endings = listing([ending for all in ENDINGS.values() for ending in all], 20)
        told = _("no format goes with the name `{name}`").format(name=PurePath(path).name)
        help = _("end it in {endings}, or name one with {option}").format(endings=endings, option=f"`{option}`")
        if path == STANDARD:
            told = _("the format of what comes in or goes out is not known")
            help = _("name it with {option}: {names}").format(option=f"`{option}`", names=listing(ENDINGS))
        raise InputError([Problem(told, help=help)])
    return found


def stem_of(path: str) -> str:
    """The name of a file without the endings that tell its format."""
    name = PurePath(path).name
    for endings in (tuple(COMPRESSIONS), tuple(ending for all in ENDINGS.values() for ending in all)):
        if name.lower().endswith(endings):
            name = name[: name.rindex(".")]
    return name


def _by_ending(name: str) -> Format | None:
    packed = next((ending for ending in COMPRESSIONS if name.endswith(ending)), "")
    name = name.removesuffix(packed)
    for kind, endings in ENDINGS.items():
        if name.endswith(endings):
            return Format(kind, packed)
    return None

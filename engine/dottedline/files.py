"""Files in the making: a reader finds the old file or the whole new one, whatever happens to the program."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol

#: What stands for standard input or output.
STANDARD = "-"

#: What the names of files in the making end in.
_PART = ".dottedline-part"


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a file so that a reader finds the old or the new one, never a part.

    Args:
        path: the file; a link stays one, and what it leads to is written.
        content: a text, written as UTF-8, or bytes.

    Raises:
        OSError: where it cannot be written; it names the file.
    """
    with _named(str(path)), Finishing() as finishing:
        making = _in_the_making(str(path))
        finishing.add(making)
        making.file.write(content.encode("utf-8") if isinstance(content, str) else content)


class Unfinished(Protocol):
    """Something that is being written, and counts only once it is finished."""

    def finish(self) -> None:
        """Puts what was written where it belongs."""
        ...

    def abandon(self) -> None:
        """Forgets what was written; does nothing to what is finished."""
        ...


class UnfinishedFile(Unfinished, Protocol):
    """A file in the making."""

    file: IO[bytes]


def unfinished(path: str, *, whole: bool = False) -> UnfinishedFile:
    """Somewhere to write what becomes a file, or goes to standard output for `-`.

    Args:
        path: the file. A device or a pipe is written to as it comes.
        whole: standard output gets all of it at the end, or nothing.

    Raises:
        OSError: where the file cannot be made; it names the file.
    """
    if path == STANDARD:
        return _Held() if whole else _Direct(sys.stdout.buffer)
    return _in_the_making(path)


def _in_the_making(path: str) -> _Direct | _Beside:
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        return _Direct(target.open("wb"))
    return _Beside(target, path)


class _Beside:
    """A file beside the one that it becomes."""

    def __init__(self, target: Path, name: str) -> None:
        self._target = target
        self._name = name
        with _named(self._name):
            _remove_dead(target)
            self._part, self.file = _new_part(target)

    def finish(self) -> None:
        with _named(self._name):
            self.file.flush()
            if self._target.exists():
                os.fchmod(self.file.fileno(), self._target.stat().st_mode & 0o777)
            os.fsync(self.file.fileno())
            os.replace(self._part, self._target)
        self.file.close()
        folder = os.open(self._target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def abandon(self) -> None:
        self._part.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # what it still holds may find no room
            self.file.close()


@contextlib.contextmanager
def _named(path: str) -> Iterator[None]:
    """Has errors of the system name a file as the user knows it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None


class _Direct:
    """What cannot be taken back: a device, a pipe, standard output."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def finish(self) -> None:
        self.file.flush()

    def abandon(self) -> None:
        if self.file is not sys.stdout.buffer:
            with contextlib.suppress(OSError):
                self.file.close()


class _Held:
    """Standard output, held back until all is written."""

    def __init__(self) -> None:
        import tempfile

        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115

    def finish(self) -> None:
        import shutil

        self.file.seek(0)
        shutil.copyfileobj(self.file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        self.file.close()

    def abandon(self) -> None:
        self.file.close()


def _new_part(target: Path) -> tuple[Path, IO[bytes]]:
    """A new file beside a target, locked for as long as this process lives."""
    while True:
        part = target.parent / f".{target.name}.{os.urandom(4).hex()}{_PART}"
        file = open(part, "xb")  # noqa: SIM115
        fcntl.flock(file, fcntl.LOCK_EX)
        if part.exists():
            return part, file
        file.close()  # another run took it for a dead one's before it was locked


def _remove_dead(target: Path) -> None:
    """Removes what runs left behind that were killed: nobody holds the lock any more."""
    for part in target.parent.glob(f".{_escaped(target.name)}.????????{_PART}"):
        with contextlib.suppress(OSError), open(part, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()


def _escaped(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


class Finishing:
    """What is in the making, to be finished at the end of a `with` block, the last first, or abandoned."""

    def __init__(self) -> None:
        self._all: list[Unfinished] = []

    def add(self, one: Unfinished) -> None:
        self._all.insert(0, one)

    def __enter__(self) -> Finishing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                for one in self._all:
                    one.finish()
        finally:
            for one in self._all:
                one.abandon()

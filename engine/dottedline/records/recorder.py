"""Writing records: several programs may write one file, and be killed while they do."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
import time
from pathlib import Path

from ..language import _
from .lines import START

#: So long, in seconds, one waits for other writers: each holds the file for less than a millisecond.
_PATIENCE = 5.0


class Recorder:
    """Appends lines to a file. Safe to share between threads; several programs may write the same file.

    A line is written by one call while the file is locked. A writer that is
    killed leaves at most the part of its line at the end of the file; whoever
    writes next ends that line first. A file that was moved away, as logs
    are, is made anew.

    Args:
        path: the file; it is made where there is none, for its owner only, since it holds facts.
        hashed: whether it keeps only the hash of facts.

    Raises:
        OSError: where it cannot be opened, or holds something else; it names the file.
    """

    def __init__(self, path: str | os.PathLike[str], *, hashed: bool = False) -> None:
        self.path = Path(path)
        self.hashed = hashed
        self._thread = threading.Lock()
        self._file = self._open()

    def _open(self) -> int:
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        wrong = ""
        if not stat.S_ISREG(os.fstat(file).st_mode):
            wrong = _("it is no file that can be read again")
        # What is torn may end early. Whatever else is there, a profile by mistake, stays as it is.
        elif not START.startswith(os.pread(file, len(START), 0).partition(b"\n")[0]):
            wrong = _("it holds something other than records")
        if wrong:
            os.close(file)
            raise OSError(errno.EINVAL, wrong, str(self.path))
        return file

    def append(self, line: bytes, patience: float = _PATIENCE) -> None:
        """Writes a line.

        Args:
            line: it ends with the only line feed in it.
            patience: how long to wait for other writers, in seconds.

        Raises:
            TimeoutError: where others held the file all that time; it names the file.
            OSError: where it cannot be written; it names the file.
        """
        end = time.monotonic() + patience
        if not self._thread.acquire(timeout=patience):
            raise self._busy()
        try:
            self._follow()
            self._lock(end)
            try:
                self._write(line)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
        except OSError as error:
            raise type(error)(error.errno, error.strerror, str(self.path)) from None
        finally:
            self._thread.release()

    def _follow(self) -> None:
        """Opens the file of that name, where another or none has it now."""
        try:
            named = os.stat(self.path)
        except FileNotFoundError:
            named = None
        if named is None or not os.path.samestat(named, os.fstat(self._file)):
            file = self._open()
            os.close(self._file)
            self._file = file

    def _lock(self, end: float) -> None:
        while True:
            try:
                # Not `flock`: a child would share its lock with the process that it was forked from.
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
            if time.monotonic() >= end:
                raise self._busy()
            time.sleep(0.001)

    def _busy(self) -> TimeoutError:
        return TimeoutError(errno.ETIMEDOUT, _("another program keeps it locked"), str(self.path))

    def _write(self, line: bytes) -> None:
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            line = b"\n" + line
        if os.write(self._file, line) < len(line):
            # The disk is full: what was written of it is torn, as by a program that was killed.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)

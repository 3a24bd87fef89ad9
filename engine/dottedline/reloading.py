"""A rulebook that is read anew where its files change, for a host that runs on and on.

Nobody waits for the reading. Whoever uses the rulebook gets the one that is
there; a thread that lives as long as one look takes sees to the next. So
there is nothing to start or to stop, and nothing that a fork could lose.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .catalogs import FOLDER
from .frozen import FrozenDict
from .language import _
from .library import Rulebook, language_named, load
from .loading import DEFAULT
from .logs import LOGGER
from .problems import InputError, Problem, RulebookError, listing

#: What the files of a rulebook were at one moment: each with its size, its time and what it is on the disk.
Stamp = tuple[tuple[str, int, int, int], ...]

#: How many questions a new state is asked that the old one was asked lately, before it takes its place.
_AGAIN = 32

#: How often files are read again that are written in the meantime, before the next look.
_ATTEMPTS = 3


class _State(NamedTuple):
    """What is swapped, all at once."""

    #: The rulebook in each language.
    books: Mapping[str, Rulebook]
    #: The folders of its files, and what these were when they were read.
    folders: tuple[Path, ...]
    stamp: Stamp


class Reloading:
    """A rulebook that follows its files. Safe to share between threads, and after a fork.

    >>> rulebooks = Reloading("b2b_marketing")
    >>> rulebooks.current.consult({}).decisions["design"].outcome
    'brand'

    A new state of the files takes the place of the old one all at once, in
    all languages, after it was read, checked, and asked what the old one was
    asked lately. Where it is broken, the old one stays, and the logger
    `dottedline` says what is wrong. Answers given before stay what they are.

    Args:
        rules: as for `load`.
        facts: as for `load`.
        languages: the languages to hold it in, the usual one first; only the
            one spoken now where there are none.
        every: how many seconds lie between two looks at the files, at least.
            They are looked at when the rulebook is used; 0 never looks, other
            than by `refresh`.
        inferred: whether it is to hold what the project inferred itself.

    Raises:
        RulebookError: where the rulebook is broken to begin with.
        ValueError: where there is no such language.
    """

    def __init__(
        self,
        rules: str | os.PathLike[str] = DEFAULT,
        *,
        facts: str | os.PathLike[str] | None = None,
        languages: Sequence[str] = (),
        every: float = 5.0,
        inferred: bool = True,
    ) -> None:
        self._rules = rules
        self._facts = facts
        self._languages = tuple(dict.fromkeys(map(language_named, languages or (None,))))
        self._every = every
        self._inferred = inferred
        #: The state of files that was found broken: it is not read, nor told of, again.
        self._broken: Stamp | None = None
        self._error: Exception | None = None
        #: Who looks at the files: one at a time, of one process.
        self._looking = threading.Lock()
        self._process = os.getpid()
        first = self._load(self._languages[0])
        self._state = self._read(first.folders, {})
        self._due = time.monotonic() + every

    def __reduce__(self) -> tuple[object, ...]:
        # Another process has files of its own to look at, and a lock of its own.
        return _made_again, (self._rules, self._facts, self._languages, self._every, self._inferred)

    @property
    def current(self) -> Rulebook:
        """The rulebook as it is, in the usual language."""
        return self.in_language(self._languages[0])

    def in_language(self, language: str) -> Rulebook:
        """The rulebook as it is, in one of its languages.

        Raises:
            ValueError: where it is not held in this language; the message names those that it is held in.
        """
        if self._every and time.monotonic() >= self._due:
            self._look_soon()
        named = language_named(language)
        found = self._state.books.get(named)
        if found is None:
            told = _("this rulebook is not held in `{language}`, but in {known}")
            raise ValueError(told.format(language=named, known=listing(self._languages)))
        return found

    @property
    def error(self) -> Exception | None:
        """What is wrong with the files as they are; None where the rulebook is what they say."""
        return self._error

    def refresh(self) -> bool:
        """Looks at the files now, and waits for it. Whether there is a new state of the rulebook."""
        with self._own_lock():
            return self._look()

    def _look_soon(self) -> None:
        """Looks at the files beside what is going on, unless somebody does."""
        lock = self._own_lock()
        if not lock.acquire(blocking=False):
            return
        self._due = time.monotonic() + self._every

        def look() -> None:
            try:
                self._look()
            finally:
                lock.release()

        try:
            threading.Thread(target=look, name="dottedline-reload", daemon=True).start()
        except RuntimeError:  # the interpreter ends, or there can be no more threads
            lock.release()

    def _own_lock(self) -> threading.Lock:
        """The lock of this process: that of its parent may be held for ever by a thread that is not here."""
        if self._process != os.getpid():
            self._looking, self._process = threading.Lock(), os.getpid()
        return self._looking

    def _look(self) -> bool:
        before = self._state
        stamp = _stamp_of(before.folders)
        if stamp == before.stamp:
            if self._error is not None:
                LOGGER.info("rulebook `%s` is again what it was", self._rules)
            self._broken = self._error = None
            return False
        if stamp == self._broken:
            return False
        try:
            after = self._read(before.folders, before.books)
        except _Unsettled:
            return False  # the next look will see what has become of it
        except Exception as error:
            if _stamp_of(before.folders) == stamp:
                self._broken, self._error = stamp, error
                self._tell(error)
            return False
        self._state, self._broken, self._error = after, None, None
        was, now = before.books[self._languages[0]], after.books[self._languages[0]]
        told = "rulebook `%s` was read anew: version %s (%s), before %s (%s)"
        LOGGER.info(told, self._rules, now.version, now.sha256[:12], was.version, was.sha256[:12])
        return True

    def _tell(self, error: Exception) -> None:
        if isinstance(error, InputError):
            LOGGER.error("rulebook `%s` is broken now; the old one stays\n%s", self._rules, error)
        else:
            told = "rulebook `%s` cannot be read anew; the old one stays"
            LOGGER.error(told, self._rules, exc_info=error)

    def _read(self, folders: tuple[Path, ...], before: Mapping[str, Rulebook]) -> _State:
        """The rulebook in each language, ready to be used, and what its files were all the while."""
        for _attempt in range(_ATTEMPTS):
            stamp = _stamp_of(folders)
            books = {language: self._load(language) for language in self._languages}
            for language, book in books.items():
                book.consult({})  # makes what is made once, and shows that the rule engine holds it
                if language in before:
                    book.ask_again(before[language], _AGAIN)
            of_books = {book.folders for book in books.values()}
            if of_books == {folders} and _stamp_of(folders) == stamp:
                return _State(FrozenDict(books), folders, stamp)
            folders = books[self._languages[0]].folders
        raise _Unsettled([Problem(_("`{folder}` changes while it is read").format(folder=folders[0]))])

    def _load(self, language: str) -> Rulebook:
        book = load(self._rules, facts=self._facts, language=language)
        return book if self._inferred else book.without_inferred()


class _Unsettled(RulebookError):
    """The files of a rulebook were being written all the while."""


def _made_again(
    rules: str | os.PathLike[str],
    facts: str | os.PathLike[str] | None,
    languages: Sequence[str],
    every: float,
    inferred: bool,
) -> Reloading:
    return Reloading(rules, facts=facts, languages=languages, every=every, inferred=inferred)


def _stamp_of(folders: tuple[Path, ...]) -> Stamp:
    """What the files of a rulebook are at this moment."""
    found = []
    for folder in folders:
        for path in sorted([*folder.glob("*.yaml"), *folder.glob(f"{FOLDER}/*.po")]):
            try:
                about = path.stat()
            except OSError:
                continue
            found.append((str(path), about.st_size, about.st_mtime_ns, about.st_ino))
    return tuple(found)

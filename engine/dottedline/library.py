"""Rulebooks to consult: the shipped one, or a folder of one's own."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from .answer import Answer
from .chart import Chart, Which
from .charting import chart_of
from .consultation import Consultation
from .inference import Network
from .language import LANGUAGES, _, current, find, speaking
from .lazy import lazy
from .loading import DEFAULT, read_folders
from .ownership import Ownership, ownership
from .problems import Problem, ProfileError, RulebookError, listing
from .profile import Profile, profile_from, read_profile
from .reasons import Explanation, explain
from .rulebook import RulebookData
from .soundness import refuse_unsound
from .vocabulary import Vocabulary
from .why_not import WhyNot, why_not

if TYPE_CHECKING:
    from .batch.streams import Rejects

#: The answers to profiles seen lately are remembered: they cannot change.
_REMEMBERED = 1024


class Rulebook:
    """A rulebook ready to be consulted. Immutable; safe to share between threads.

    Made by `load`.
    """

    #: What its files say.
    data: RulebookData
    #: The folders of the rules and of the facts that it is made of, after those of the books that it
    #: extends; None where a book has no facts of its own.
    parts: tuple[tuple[Path, Path | None], ...]
    _network: Network
    _consultation: Consultation
    _answers: dict[tuple[str, frozenset[str]], Answer]

    def __init__(self, data: RulebookData, parts: Sequence[tuple[Path, Path | None]]) -> None:
        network = Network(data)
        refuse_unsound(network)
        self.__dict__.update(
            data=data,
            parts=tuple(parts),
            _network=network,
            _consultation=Consultation(data, network),
            _answers={},
        )

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a rulebook cannot be changed: `{name}`")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a rulebook cannot be changed: `{name}`")

    @property
    def id(self) -> str:
        return self.data.id

    @property
    def title(self) -> str:
        return self.data.title

    @property
    def version(self) -> str:
        return self.data.version

    @property
    def sha256(self) -> str:
        """The hash of all files of the rulebook and its vocabulary, in hexadecimal."""
        return self.data.sha256

    @property
    def language(self) -> str:
        """The language that it speaks: `en`, `id` or `zh_Hant`."""
        return self.data.language

    def in_language(self, language: str) -> Rulebook:
        """The same rulebook in another language, read anew from its files.

        Raises:
            ValueError: where there is no such language.
            RulebookError: where its files are not what they were.
        """
        if language_named(language) == self.language:
            return self
        return _loaded_again(*self.found_at, language, self.sha256, self.data.with_inferred)

    def __reduce__(self) -> tuple[object, ...]:
        # In another process it is read anew from its files: that is faster than to send what is made of them.
        return _loaded_again, (*self.found_at, self.language, self.sha256, self.data.with_inferred)

    @property
    def folders(self) -> tuple[Path, ...]:
        """All folders that it is made of, its own first."""
        return tuple(folder for pair in reversed(self.parts) for folder in pair if folder is not None)

    @property
    def found_at(self) -> tuple[Path, Path | None]:
        """What to load it from: the folder of its rules, and that of the nearest facts."""
        facts = [folder for _rules, folder in self.parts if folder is not None]
        return self.parts[-1][0], facts[-1] if facts else None

    @property
    def vocabulary(self) -> Vocabulary:
        return self.data.vocabulary

    def consult(self, facts: Mapping[str, object] | Profile, topics: Collection[str] = ()) -> Answer:
        """The source's advice for one company.

        Args:
            facts: what is known, from fact ids to Python values: True or
                False, a choice's id, a number, a list or set of ids, a list
                of mappings for records. What is left out or None is unknown.
                A family may be nested: `{"current": {"bdr": "sales"}}`. Or a
                `Profile` from `read_profile`.
            topics: the ids of the decisions, findings and topics that the
                answer is to be about; about all where there are none.

        Returns:
            An immutable answer.

        Raises:
            ProfileError: where the facts do not fit the vocabulary, with
                every problem found.
            KeyError: where the rulebook has no such topic.
        """
        only = frozenset(topics)
        if isinstance(facts, Profile):
            with speaking(self.language):
                return self._consultation.consult(facts, only)
        text = _text_of(facts)
        key = None if text is None else (text, only)
        answer = self._answers.get(key) if key is not None else None
        if answer is None:
            with speaking(self.language):
                profile = profile_from(facts, self.vocabulary, self.id, self.data.books)
                answer = self._consultation.consult(profile, only)
            if key is not None:
                if len(self._answers) >= _REMEMBERED:
                    self._answers.clear()
                self._answers[key] = answer
        return answer

    def ask_again(self, before: Rulebook, most: int) -> None:
        """Answers what another rulebook was asked lately, so that nobody waits for it to be made.

        Args:
            before: the other, which this one takes the place of.
            most: how many questions, at most.
        """
        for text, topics in list(before._answers)[-most:]:
            # What there is no answer to any more is told whoever asks it.
            with contextlib.suppress(ProfileError, KeyError):
                self.consult(json.loads(text), topics)

    def explain(self, facts: Mapping[str, object] | Profile, name: str) -> Explanation:
        """Why a decision or finding comes out as it does for one company.

        Args:
            facts: as for `consult`.
            name: the id of a decision or finding.

        Raises:
            ProfileError: where the facts do not fit the vocabulary.
            KeyError: where the rulebook has nothing of that name.
        """
        with speaking(self.language):
            return explain(self.data, self.consult(facts), name)

    def chart(self, facts: Mapping[str, object] | Profile, which: Which = "advised") -> Chart:
        """The org chart of one company.

        Args:
            facts: as for `consult`.
            which: `advised` for the chart that the source advises, `present`
                for the one that the facts tell of today.

        Raises:
            ProfileError: where the facts do not fit the vocabulary.
            RulebookError: where the rulebook describes no organisation.
        """
        with speaking(self.language):
            return chart_of(self.data, self.consult(facts), which)

    def ownership(self, facts: Mapping[str, object] | Profile) -> Ownership:
        """Who owns what in one company: each responsibility beside its owners of today, and the contractors.

        Args:
            facts: as for `consult`.

        Raises:
            ProfileError: where the facts do not fit the vocabulary.
            RulebookError: where the rulebook has no organisation, or no responsibilities in it.
        """
        with speaking(self.language):
            return ownership(self.data, self.consult(facts))

    def why_not(self, facts: Mapping[str, object] | Profile, name: str, outcome: str) -> WhyNot:
        """What keeps a decision from having an outcome, for one company.

        Args:
            facts: as for `consult`.
            name: the id of a decision.
            outcome: the id of one of its outcomes.

        Raises:
            ProfileError: where the facts do not fit the vocabulary.
            KeyError: where there is no such decision, or it has no such outcome.
        """
        with speaking(self.language):
            return why_not(self.data, self.consult(facts), name, outcome)

    def evaluate(
        self,
        source: Any,
        columns: Mapping[str, str] | None = None,
        keep: Sequence[str] = (),
        rejects: Rejects = "raise",
    ) -> Any:
        """The source's advice for many companies: what `consult` says of each row of a table.

        Needs pyarrow: `pip install 'dottedline[batch]'`.

        Args:
            source: a `pyarrow.Table`, a `pyarrow.RecordBatchReader`, or what
                else has `__arrow_c_stream__`: a data frame of polars or
                pandas, a relation of DuckDB. A row for each company; columns
                called as facts, by id, label or question.
            columns: what other columns hold, from their headings to ids of facts.
            keep: the headings of columns that go into the results; `["all"]` for all.
            rejects: what becomes of rows that cannot be read. They have no
                result; `"raise"` makes an error of them, a list is extended
                by them, a function is called with each, as a `Rejected` with
                the row (from 1), the column, the value and the reason.

        Returns:
            A `pyarrow.Table`; for a reader a `pyarrow.RecordBatchReader`,
            which evaluates as it is read. `docs/batch.md` has its columns.

        Raises:
            InputError: where no column holds a fact, or one cannot be used.
            ProfileError: where rows cannot be read and `rejects` is `"raise"`.
            ModuleNotFoundError: where pyarrow is not installed.
            TypeError: where `source` is no table.
        """
        try:
            from .batch.streams import evaluate
        except ModuleNotFoundError as error:
            told = _("`{package}` is not installed; it comes with `pip install 'dottedline[batch]'`")
            raise ModuleNotFoundError(told.format(package=error.name), name=error.name) from None
        return evaluate(self, source, columns or {}, keep, rejects)

    def read_profile(self, source: str | os.PathLike[str] | IO[bytes]) -> Profile:
        """The profile in a YAML or JSON file, an open binary file, or standard input for `-`.

        Raises:
            ProfileError: with every problem found, each with its place.
        """
        with speaking(self.language):
            return read_profile(source, self.vocabulary, self.id, self.data.books)

    def without_inferred(self) -> Rulebook:
        """The same rulebook without what the project inferred itself."""
        return self._sourced

    @lazy
    def _sourced(self) -> Rulebook:
        return Rulebook(self.data.without_inferred(), self.parts)

    @property
    def network(self) -> Network:
        """The inference network, for explanations and checks."""
        return self._network

    def __repr__(self) -> str:
        decisions = sum(decision.hit_policy == "single" for decision in self.data.decisions.values())
        findings = sum(len(decision.findings) for decision in self.data.decisions.values())
        return (
            f"<Rulebook {self.id} {self.version}: {decisions} decisions, {findings} findings, "
            f"{len(self.vocabulary.facts)} facts>"
        )


def load(
    rules: str | os.PathLike[str] = DEFAULT,
    *,
    facts: str | os.PathLike[str] | None = None,
    language: str | None = None,
) -> Rulebook:
    """Loads a rulebook and its vocabulary, and checks them.

    Args:
        rules: the name of a shipped or installed rulebook, or the path of a folder.
        facts: the folder of its vocabulary; else `facts/<vocabulary>` beside
            the folder `rules` that holds it, or the shipped one of that name.
            Where it extends another and has no vocabulary of its own, that of the other.
        language: `en`, `id` or `zh_Hant`, in which it then speaks; else
            the language spoken now, which is English unless it was changed.

    Raises:
        RulebookError: with every problem found, each with its place.
        ValueError: where there is no such language.
    """
    with speaking(language_named(language)):
        loaded = read_folders(rules, facts)
        return Rulebook(loaded.data, loaded.folders)


def _loaded_again(rules: Path, facts: Path | None, language: str, sha256: str, with_inferred: bool) -> Rulebook:
    """A rulebook once more, if its files are what they were."""
    book = load(rules, facts=facts, language=language)
    if book.sha256 != sha256:
        raise RulebookError([Problem(_("`{folder}` has changed since it was loaded").format(folder=rules))])
    return book if with_inferred else book.without_inferred()


def language_named(language: str | None) -> str:
    """The language that a tag means; the one spoken now for None.

    Raises:
        ValueError: where there is no such language; the message names those that there are.
    """
    found = current() if language is None else find(language)
    if found is None:
        known = listing(LANGUAGES)
        raise ValueError(
            _("there is no language `{language}`; there are {known}").format(language=language, known=known)
        )
    return found


def _text_of(facts: Mapping[str, object]) -> str | None:
    """The same text for the same facts, to remember answers by; None where there is none to be had."""
    try:
        return json.dumps(facts, default=_set_as_list)
    except (TypeError, ValueError, RecursionError):
        return None


def _set_as_list(value: object) -> list[object]:
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    raise TypeError

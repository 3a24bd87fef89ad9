"""Reads the cases beside a rulebook's rules: `cases/*.yaml` in its folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ...language import N_, _
from ...library import Rulebook
from ...problems import InputError, Problem, Problems, ProfileError, Span, did_you_mean, listing
from ...profile import Profile, check_profile
from ...reading import Reading, Record, lacks
from ...rulebook import MODALITIES, Decision
from ...source import parse, read_text
from ...values import Entries, Items, Scalar, Value, shorten
from .cases import Case, Expected, What
from .shapes import CASE, CASE_FILE, EXPECTING, NO_OUTCOME, OF_DECISION, OF_FINDING, STATES, STATUSES

#: The folder of the cases, in that of the rules.
FOLDER = "cases"


def read_cases(book: Rulebook) -> tuple[Case, ...]:
    """The cases of a rulebook, in the order of the files' names; none where it has no folder of them.

    Raises:
        InputError: with every problem found, each with its place.
    """
    problems = Problems()
    reader = _CaseReader(book, problems)
    cases: list[Case] = []
    folder = book.folders[0] / FOLDER
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else []:
        text = read_text(path, problems)
        value = parse(text, problems) if text else None
        if value is not None:
            cases += reader.read(value, path.parent)
    problems.raise_if_any()
    return tuple(cases)


class _CaseReader:
    def __init__(self, book: Rulebook, problems: Problems) -> None:
        self.book = book
        self.problems = problems
        self.reading = Reading(problems, first=book.data.first, book=book.id)
        self._seen: dict[str, Span | None] = {}
        decisions = book.data.decisions.values()
        self._decisions = {decision.id: decision for decision in decisions if decision.hit_policy == "single"}
        #: Each finding with the ids of its rules.
        self._findings = {id: [r.id for r in rules] for d in decisions for id, rules in d.findings.items()}
        #: The rules of each decision.
        self._rules = {decision.id: [rule.id for rule in decision.rules] for decision in decisions}
        alternatives = [option.rule for decision in decisions for option in decision.alternatives]
        self._ids = [*(id for ids in self._rules.values() for id in ids), *alternatives]

    def read(self, value: Value, folder: Path) -> Iterator[Case]:
        """The cases of one file."""
        file = self.reading.shaped(value, CASE_FILE)
        for item in self.reading.items(file.get("cases"), "`cases`"):
            yield from self._case(item, folder)

    def _case(self, value: Value, folder: Path) -> Iterator[Case]:
        """A case, once for each of its companies."""
        reading = self.reading
        record = reading.shaped(value, CASE)
        id = reading.name(record, "id")
        reading.once(id, self._seen, N_("`{id}` names two cases"), record.span)
        already = len(self.problems.found)
        expected = [*self._expected(record), *self._firing(record)]
        if not expected and len(self.problems.found) == already:
            told = _("{what} expects nothing").format(what=record.what)
            wanted = _("it needs one of {names}").format(names=listing(EXPECTING))
            self.problems.add(told, record.span, wanted)
        profiles = self._profiles(record, folder)
        case = Case(
            id=id,
            says=reading.plain(record, "says"),
            profile=Profile({}),
            expected=tuple(expected),
            guidance=reading.guidance(record, self.book.data.guidance),
            with_inferred=reading.flag(record, "inferred") if "inferred" in record.entries else True,
            span=record.entries["id"].span if "id" in record.entries else record.span,
        )
        for number, profile in enumerate(profiles, 1):
            yield case._replace(profile=profile, number=number if len(profiles) > 1 else 0)

    # -- the company ------------------------------------------------------------------

    def _profiles(self, record: Record, folder: Path) -> list[Profile]:
        """The companies whose facts are written in the case, or the one whose profile it names."""
        facts, named = record.get("facts"), record.get("profile")
        if (facts is None) == (named is None):
            told = _("{what} has both `facts` and a `profile`").format(what=record.what)
            if facts is None:
                told = lacks(record.what, "facts")
            help = _("`facts: {{}}` is a company of which nothing is known").format() if facts is None else None
            self.problems.add(told, record.span, help)
        elif isinstance(facts, Items):
            if not facts.items:
                told = _("{what} lists no company").format(what=record.part("facts"))
                self.problems.add(told, facts.span)
            return [self._checked(item) for item in facts.items]
        elif facts is not None:
            return [self._checked(facts)]
        elif path := self.reading.plain(record, "profile"):
            return [self._in_file(Path(os.path.normpath(folder / path)), record.entries["profile"].span)]
        return []

    def _checked(self, facts: Value) -> Profile:
        own = Problems(ProfileError)
        try:
            return check_profile(facts, self.book.vocabulary, own, self.book.id)
        except ProfileError as error:
            self._add(error.problems)
            return Profile({})

    def _in_file(self, path: Path, span: Span | None) -> Profile:
        if not path.is_file():
            told = _("there is no profile `{file}`").format(file=path)
            self.problems.add(told, span, _("the path goes from the folder of the case"))
            return Profile({})
        try:
            return self.book.read_profile(path)
        except ProfileError as error:
            self._add(error.problems)
            return Profile({})

    def _add(self, problems: tuple[Problem, ...]) -> None:
        for problem in problems:
            self.problems.append(problem)

    # -- what is expected -------------------------------------------------------------

    def _firing(self, record: Record) -> Iterator[Expected]:
        seen: dict[str, Span | None] = {}
        unknown = _("there is no rule or alternative `{name}`")
        for key, fires in (("fires", True), ("fires_not", False)):
            for word in self.reading.names(record, key):
                if self._known(word, self._ids, unknown):
                    self.reading.once(word.text, seen, N_("`{id}` is named twice"), word.span)
                    yield Expected(word.text, "fires", fires, word.span)

    def _expected(self, record: Record) -> Iterator[Expected]:
        for key, value in self.reading.named(record.get("expect"), record.part("expect")):
            if key.text in self._decisions:
                yield from self._of_decision(self._decisions[key.text], value, key.span)
            elif key.text in self._findings:
                yield from self._of_finding(key.text, value, key.span)
            elif key.text in self._rules:
                told = _("`{name}` collects findings: name those that are meant").format(name=key.text)
                findings = self.book.data.decisions[key.text].findings
                self.problems.add(told, key.span, _("they are {names}").format(names=listing(findings)))
            else:
                unknown = _("there is no decision or finding `{name}`")
                self._known(key, [*self._decisions, *self._findings], unknown)

    def _known(self, word: Scalar, names: list[str], otherwise: str) -> bool:
        if word.text in names:
            return True
        told = otherwise.format(name=shorten(word.text))
        self.problems.add(told, word.span, did_you_mean(word.text, names))
        return False

    def _of_decision(self, decision: Decision, value: Value, span: Span | None) -> Iterator[Expected]:
        id, reading = decision.id, self.reading
        if not isinstance(value, Entries):
            words = [*decision.outcomes, *NO_OUTCOME]
            word = reading.choice(_outcome_word(value, decision), words, f"`{id}`")
            if word is not None:
                yield Expected(id, "passes_on", word, value.span)
            return
        record = reading.shaped(value, OF_DECISION, _("what is expected of `{id}`").format(id=id))
        self._not_empty(record)
        for key, item in record.entries.items():
            what: What = key  # type: ignore[assignment]
            if key == "options":
                yield from self._options(record, decision, item)
            elif key in ("rules", "overridden"):
                ids, lacking = self._rules[id], _("`{decision}` has no rule `{{name}}`").format(decision=id)
                words_given = [word for word in reading.names(record, key) if self._known(word, ids, lacking)]
                yield Expected(id, what, frozenset(word.text for word in words_given), item.span)
            else:
                of_key = {"status": STATUSES, "outcome": tuple(decision.outcomes), "modality": MODALITIES}
                item = _outcome_word(item, decision) if key == "outcome" else item
                word = reading.choice(item, of_key[key], record.part(key))
                if word is not None:
                    yield Expected(id, what, word, item.span)

    def _options(self, record: Record, decision: Decision, value: Value) -> Iterator[Expected]:
        """The outcomes that the source allows: a list of them, or each with its modality."""
        reading, what = self.reading, record.part("options")
        if not isinstance(value, Entries):
            words = [
                reading.choice(_outcome_word(word, decision), decision.outcomes, what)
                for word in reading.names(record, "options")
            ]
            if None not in words:
                yield Expected(decision.id, "options", frozenset(filter(None, words)), value.span)
            return
        pairs: list[tuple[str | None, str | None]] = []
        for key, item in value:
            outcome = reading.choice(_outcome_word(key, decision), decision.outcomes, what)
            pairs.append((outcome, reading.choice(item, MODALITIES, what)))
        if all(outcome and modality for outcome, modality in pairs):
            told = frozenset(f"{outcome}: {modality}" for outcome, modality in pairs)
            yield Expected(decision.id, "option_modalities", told, value.span)

    def _of_finding(self, id: str, value: Value, span: Span | None) -> Iterator[Expected]:
        reading = self.reading
        if not isinstance(value, Entries):
            word = reading.choice(value, STATES, f"`{id}`")
            if word is not None:
                yield Expected(id, "state", word, value.span)
            return
        record = reading.shaped(value, OF_FINDING, _("what is expected of `{id}`").format(id=id))
        self._not_empty(record)
        of_key = {"state": STATES, "modality": MODALITIES, "rule": self._findings[id]}
        for key, item in record.entries.items():
            word = reading.choice(item, of_key[key], record.part(key))
            if word is not None:
                yield Expected(id, key, word, item.span)  # type: ignore[arg-type]

    def _not_empty(self, record: Record) -> None:
        if not record.entries:
            self.problems.add(_("{what} is empty").format(what=record.what), record.span)


def _outcome_word(value: Value, decision: Decision) -> Value:
    """A word for an outcome; of a yes/no fact it may be written as such."""
    if isinstance(value, Scalar) and "true" in decision.outcomes and value.as_bool() is not None:
        return Scalar("true" if value.as_bool() else "false", value.plain, value.span)
    return value


def no_cases(book: Rulebook) -> InputError:
    """The error that a rulebook has no cases."""
    folder = book.folders[0] / FOLDER
    return InputError(
        [
            Problem(
                _("the rulebook `{id}` has no cases").format(id=book.id),
                help=_("write some in `{folder}`, in files that end in `.yaml`").format(folder=folder),
            )
        ]
    )

"""The interview: what to ask next, and what a typed answer means. Nothing here prints."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

import yaml

from .answer import Answer, Question, json_value
from .language import list_of
from .library import Rulebook
from .problems import Problem, ProfileError, nearest
from .profile import Profile
from .vocabulary import Choice, Fact, Section
from .words import capital, sentence


class Misunderstood(ValueError):
    """A typed answer that fits the question in no way; the message says what would."""


class Interview:
    """One company's answers so far. Facts that cannot change anything are not asked."""

    def __init__(
        self, rulebook: Rulebook, profile: Profile | None = None, topics: Collection[str] = ()
    ) -> None:
        self.rulebook = rulebook
        #: The decisions, findings and topics that are asked for; all where it is empty.
        self.topics = topics
        #: The answers, None for "don't know", in the order in which they were given.
        self.answers: dict[str, object] = {}
        self._skipped_sections: set[str] = set()
        if profile is not None:
            said = {**dict.fromkeys(profile.unknown), **profile.records, **profile.facts}
            order = rulebook.vocabulary.facts
            self.answers = {id: said[id] for id in order if id in said and id not in profile.answered}

    def consult(self) -> Answer:
        """The advice on the answers so far."""
        return self.rulebook.consult(self.facts(), self.topics)

    def undecided(self) -> int:
        """How many decisions and findings an answer can still change."""
        return self.consult().undecided

    def facts(self) -> dict[str, object]:
        """The answers that are known, as `Rulebook.consult` takes them."""
        return {id: json_value(value) for id, value in self.answers.items() if value is not None}

    def next_question(self) -> Question | None:
        """The next question that matters, or None where there is none."""
        facts = self.rulebook.vocabulary.facts
        for question in self.consult().questions:
            fact = facts[question.fact]
            skipped = fact.section in self._skipped_sections or fact.type == "records"
            if question.fact not in self.answers and not skipped:
                return question
        return None

    def question(self, fact: Fact) -> Question:
        """The question of a fact, to ask it again."""
        without = {id: value for id, value in self.facts().items() if id != fact.id}
        questions = self.rulebook.consult(without, self.topics).questions
        return next((q for q in questions if q.fact == fact.id), Question(fact.id, fact.question, fact.why, 0))

    def skip_section(self, section: Section) -> None:
        """Asks nothing more from a section."""
        self._skipped_sections.add(section.id)

    def answer(self, fact: Fact, text: str) -> object:
        """Takes a typed answer; nothing (or `don't know`) is one too. Returns the value, None for unknown.

        Raises:
            Misunderstood: where the text fits no answer, or contradicts an earlier one.
        """
        value = understood(fact, text)
        before = dict(self.answers)
        self.answers.pop(fact.id, None)
        self.answers[fact.id] = value
        try:
            self.consult()
        except ProfileError as error:
            self.answers = before
            raise Misunderstood(" ".join(self._in_words(problem) for problem in error.problems)) from None
        return value

    def earlier(self, steps: int) -> Fact | None:
        """The fact that was answered so many answers ago (1 for the latest), or None."""
        facts = self.rulebook.vocabulary.facts
        answered = [facts[id] for id in self.answers if facts[id].type != "records"]
        return answered[-steps] if steps <= len(answered) else None

    def _in_words(self, problem: Problem) -> str:
        """A problem as a sentence or two, with the labels of facts in the place of their ids."""
        told = [problem.message] if problem.help is None else [problem.message, problem.help]
        return " ".join(sentence(self.rulebook.vocabulary.in_words(text)) for text in told)

    def save(self, path: Path) -> None:
        """Writes the answers as a profile, whole or not at all.

        Raises:
            OSError: where the file cannot be written.
        """
        write_whole(path, self.text(as_json=path.suffix == ".json"))

    def text(self, *, as_json: bool = False) -> str:
        """The answers as a profile; `unknown` where the answer was that."""
        order = {id: n for n, id in enumerate(self.rulebook.vocabulary.facts)}
        told = {
            id: "unknown" if self.answers[id] is None else json_value(self.answers[id])
            for id in sorted(self.answers, key=order.__getitem__)
        }
        return json.dumps(told, indent=2, ensure_ascii=False) + "\n" if as_json else profile_text(told)


def profile_text(facts: Mapping[str, object]) -> str:
    """Facts as the YAML text of a profile."""
    return yaml.safe_dump(dict(facts), sort_keys=False, allow_unicode=True, default_flow_style=False, width=100)


def write_whole(path: Path, text: str) -> None:
    """Writes a file so that a reader finds the old or the new one, never a part."""
    path = Path(os.path.realpath(path))  # a link stays one
    handle, name = tempfile.mkstemp(dir=path.parent or Path(), prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


_DONT_KNOW = {"", "-", "d", "dk", "don't know", "dont know", "unknown", "skip"}
_YES = {"y", "yes", "true", "1"}
_NO = {"n", "no", "false", "2"}


def choices_of(fact: Fact) -> list[tuple[str, str]]:
    """The numbered answers to a fact: label and hint."""
    if fact.type == "yes_no":
        return [("yes", ""), ("no", "")]
    return [(capital(choice.label), choice.hint) for choice in fact.values.values()]


def understood(fact: Fact, text: str) -> object:
    """What a typed answer means: a number or name of a choice, yes or no, a number, a list of choices.

    Raises:
        Misunderstood: where it fits none.
    """
    word = " ".join(text.split())
    if word.lower() in _DONT_KNOW:
        return None
    if fact.type == "yes_no":
        if word.lower() in _YES:
            return True
        if word.lower() in _NO:
            return False
        raise Misunderstood("Answer yes or no, or press Enter if you do not know.")
    if fact.type == "choice":
        return _choice(fact.values, word)
    if fact.type == "set":
        if word.lower() in ("none", "nothing", "0"):
            return frozenset[str]()
        parts = [part.strip() for part in word.replace(";", ",").split(",") if part.strip()]
        return frozenset(_choice(fact.values, part) for part in parts)
    if fact.type == "number":
        return _number(fact, word)
    return word


def _choice(choices: Mapping[str, Choice], word: str) -> str:
    """The choice that a word means: its number, id, label, synonym, or the start of one of these."""
    ids = list(choices)
    if word in (numbers := [str(number) for number in range(1, len(ids) + 1)]):
        return ids[numbers.index(word)]
    names: dict[str, str] = {}
    for choice in choices.values():
        for name in (choice.id, choice.label, *choice.synonyms):
            names.setdefault(name.lower(), choice.id)
    wanted = word.lower()
    if wanted in names:
        return names[wanted]
    starting = {id for name, id in names.items() if name.startswith(wanted)}
    if len(starting) == 1:
        return starting.pop()
    if starting:
        several = list_of([capital(choice.label) for id, choice in choices.items() if id in starting], "or")
        raise Misunderstood(f"That could be {several}.")
    close = nearest(word, names)
    hint = f" Did you mean {choices[names[close]].label}?" if close else ""
    raise Misunderstood(f"Answer with a number from 1 to {len(ids)}, or a name.{hint}")


def _number(fact: Fact, word: str) -> int | float:
    bounds = [
        f"{name} {limit}"
        for name, limit in (("at least", fact.minimum), ("at most", fact.maximum))
        if limit is not None
    ]
    kind = "whole number" if fact.integer else "number"
    wanted = f"Answer with a {', '.join([kind, *([list_of(bounds)] if bounds else [])])}."
    try:
        number = int(word) if fact.integer else float(word)
    except ValueError:
        raise Misunderstood(wanted) from None
    too_low = fact.minimum is not None and number < fact.minimum
    too_high = fact.maximum is not None and number > fact.maximum
    if too_low or too_high or not math.isfinite(number):
        raise Misunderstood(wanted)
    return number

"""The interview: what to ask next, and what a typed answer means. Nothing here prints."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

import yaml

from .answer import Answer, Question, json_value
from .files import write_whole
from .library import Rulebook
from .problems import Problem, ProfileError
from .profile import Profile
from .typed import Misunderstood, understood
from .vocabulary import Fact, Section
from .words import join_sentences, sentence


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
            raise Misunderstood(
                join_sentences(*[self._in_words(problem) for problem in error.problems])
            ) from None
        return value

    def earlier(self, steps: int) -> Fact | None:
        """The fact that was answered so many answers ago (1 for the latest), or None."""
        facts = self.rulebook.vocabulary.facts
        answered = [facts[id] for id in self.answers if facts[id].type != "records"]
        return answered[-steps] if steps <= len(answered) else None

    def _in_words(self, problem: Problem) -> str:
        """A problem as a sentence or two, with the labels of facts in the place of their ids."""
        told = [problem.message] if problem.help is None else [problem.message, problem.help]
        return join_sentences(*[sentence(self.rulebook.vocabulary.in_words(text)) for text in told])

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

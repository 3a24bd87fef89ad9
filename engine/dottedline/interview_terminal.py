"""The interview in a terminal: asks, explains, takes back, saves, and never loses an answer."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from .answer import Question
from .interview import Interview, Misunderstood, choices_of, profile_text
from .library import Rulebook
from .vocabulary import Fact, Section

_INTERRUPTED = 130

_HOW = (
    "Answer with a number or a name. Enter: don't know. ?: why it is asked. "
    "back: the question before. done: the advice on what is known so far. Ctrl-C: stop."
)


def hold_interview(rulebook: Rulebook, save: Path | None, *, to_stderr: bool = False) -> Interview:
    """Asks what matters until nothing does, or until told `done`.

    Args:
        rulebook: whose questions are asked.
        save: where the answers are kept after each question, and taken from at the start.
        to_stderr: where the questions go, when stdout carries a document.

    Raises:
        ProfileError: where `save` holds no profile.
        SystemExit: 130 when interrupted; the answers are saved, or else printed.
    """
    dialogue = _Dialogue(rulebook, save, to_stderr)
    try:
        dialogue.hold()
    except (KeyboardInterrupt, click.Abort):
        dialogue.stopped()
        sys.exit(_INTERRUPTED)
    return dialogue.interview


class _Dialogue:
    def __init__(self, rulebook: Rulebook, save: Path | None, to_stderr: bool) -> None:
        self.save = save
        self.err = to_stderr
        self.sections = rulebook.vocabulary.sections
        self.facts = rulebook.vocabulary.facts
        self.section = ""
        profile = None
        if save is not None and save.exists():
            profile = rulebook.read_profile(save)
            # The file may hold comments, which are not kept: they stay in a copy.
            shutil.copy2(save, save.with_name(save.name + ".bak"))
        self.interview = Interview(rulebook, profile)
        if profile is not None:
            self.say(f"Going on from {save}, where {len(self.interview.answers)} facts are known.")

    def say(self, text: str = "", **style: bool | str) -> None:
        click.echo(click.style(text, **style) if style else text, err=self.err)  # type: ignore[arg-type]

    def hold(self) -> None:
        self.say(_HOW, dim=True)
        retry: Fact | None = None
        while True:
            question = self.interview.next_question() if retry is None else _again(retry)
            retry = None
            if question is None:
                self.say("\nNothing more would change the advice.\n", dim=True)
                return
            fact = self.facts[question.fact]
            if not self._enter(self.sections[fact.section]):
                continue
            reply = self._ask(fact, question)
            if reply == "done":
                self.say()
                return
            if reply == "back":
                retry = self.interview.take_back()
                if retry is None:
                    self.say("This is the first question.")
            self._save()

    def _enter(self, section: Section) -> bool:
        """Announces a new section; an optional one may be left out."""
        if section.id == self.section:
            return True
        self.section = section.id
        self.say()
        self.say(section.title, bold=True)
        if section.intro:
            self.say(section.intro, dim=True)
        if section.optional and not click.confirm("Go through this part?", default=True, err=self.err):
            self.interview.skip_section(section)
            return False
        return True

    def _ask(self, fact: Fact, question: Question) -> str:
        """Asks until there is an answer; returns `done` or `back` where that is the answer."""
        self.say()
        weight = (
            f"bears on {question.decides}" if question.decides else "to weigh; it decides nothing by itself"
        )
        self.say(f"{question.question}  {click.style(f'({weight})', dim=True)}")
        if fact.type in ("yes_no", "choice", "set"):
            for number, (label, hint) in enumerate(choices_of(fact), 1):
                self.say(f"  {number}. {label}" + (click.style(f"  {hint}", dim=True) if hint else ""))
        if fact.type == "set":
            self.say("  Several: separate them with commas. None of them: none.", dim=True)
        while True:
            text = click.prompt(">", default="", show_default=False, prompt_suffix=" ", err=self.err).strip()
            if text == "?":
                self.say(f"  {question.why}", dim=True)
                continue
            if text.lower() in ("done", "quit", "q", "exit"):
                return "done"
            if text.lower() in ("back", "b", "<"):
                return "back"
            try:
                value = self.interview.answer(fact, text)
            except Misunderstood as problem:
                self.say(f"  {problem}", fg="yellow")
                continue
            self.say(f"  {fact.label}: {'not known' if value is None else fact.label_of(value)}", dim=True)
            return ""

    def _save(self) -> None:
        if self.save is not None:
            self.interview.save(self.save)

    def stopped(self) -> None:
        """Tells where the answers are, so that none is lost."""
        self.say()
        if self.save is not None:
            self._save()
            self.say(f"Stopped. Your answers are in {self.save}; go on with the same command.")
        elif self.interview.facts():
            self.say("Stopped. Your answers so far, as a profile (keep them in a file with --save FILE):\n")
            self.say(profile_text(self.interview.facts()))


def _again(fact: Fact) -> Question:
    return Question(fact.id, fact.question, fact.why, 0)

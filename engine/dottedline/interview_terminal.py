"""The interview in a terminal: asks, explains, takes back, saves, and never loses an answer."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Literal

import click

from .answer import Question
from .interview import Interview
from .language import N_, _, counted
from .library import Rulebook
from .problems import reason_of
from .typed import Misunderstood, choices_of, yes_or_no
from .vocabulary import Fact, Section

_INTERRUPTED = 130

_HOW = N_(
    "Answer with a number or a name. Enter: don't know. "
    "back: the question before. done: the advice on what is known so far. Ctrl-C: stop."
)


def _command(text: str) -> Literal["done", "back"] | None:
    """What a word means that is no answer; the English words count in every language."""
    word = text.lower()
    if word in ("done", "quit", "exit", "q", _("done")):
        return "done"
    return "back" if word in ("back", "b", "<", _("back")) else None


def hold_interview(
    rulebook: Rulebook, save: Path | None, topics: Collection[str] = (), *, to_stderr: bool = False
) -> Interview:
    """Asks what matters until nothing does, or until told `done`.

    Args:
        rulebook: whose questions are asked.
        topics: the decisions, findings and topics to ask for; all where it is empty.
        save: where the answers are kept after each question, and taken from at the start.
        to_stderr: where the questions go, when stdout carries a document.

    Raises:
        ProfileError: where `save` holds no profile.
        click.UsageError: where answers cannot be saved at `save`, or nobody answers.
        SystemExit: 130 when interrupted; the answers are saved, or else printed.
    """
    dialogue = _Dialogue(rulebook, save, topics, to_stderr)
    try:
        dialogue.hold()
    except KeyboardInterrupt:
        dialogue.stopped()
        sys.exit(_INTERRUPTED)
    return dialogue.interview


class _Dialogue:
    def __init__(self, rulebook: Rulebook, save: Path | None, topics: Collection[str], to_stderr: bool) -> None:
        self.save = save
        self.err = to_stderr
        self.sections = rulebook.vocabulary.sections
        self.facts = rulebook.vocabulary.facts
        self.section = ""
        #: Whether there are answers that could not be saved.
        self.unsaved = False
        self.interview = Interview(rulebook, topics=topics)
        if save is not None:
            _refuse_unwritable(save)
            if save.exists() and save.stat().st_size:
                self.interview = Interview(rulebook, rulebook.read_profile(save), topics)
                _keep_comments(save)
                told = counted("{n} answer so far", "{n} answers so far", len(self.interview.answers))
                self.say(_("Going on from {file}: {answers}.").format(file=save, answers=told))

    def say(self, text: str = "", **style: bool | str) -> None:
        click.echo(click.style(text, **style) if style else text, err=self.err)  # type: ignore[arg-type]

    def hold(self) -> None:
        self.say(_(_HOW), dim=True)
        answered = False
        steps_back = 0
        while True:
            again = self.interview.earlier(steps_back) if steps_back else None
            question = self.interview.question(again) if again else self.interview.next_question()
            if question is None:
                self.say()
                self.say(_("Nothing more would change the advice."), dim=True)
                self.say()
                break
            fact = self.facts[question.fact]
            try:
                reply = self._enter(self.sections[fact.section], offer=again is None) or self._ask(
                    fact, question
                )
            except EOFError:
                if not answered and (sys.stdin is None or not sys.stdin.isatty()):
                    raise click.UsageError(
                        _("nobody answers: name a PROFILE, or - for standard input")
                    ) from None
                reply = "done"
            if reply == "done":
                self.say()
                break
            if reply == "back":
                if self.interview.earlier(steps_back + 1) is None:
                    self.say(_("This is the first question."))
                else:
                    steps_back += 1
            elif reply == "answered":
                answered = True
                steps_back = 0
                self._save()
        if self.unsaved:
            self._show_answers()

    def _enter(self, section: Section, *, offer: bool) -> Literal["done", "back", "skipped"] | None:
        """Announces a new section; an optional one may be left out. None where its questions follow."""
        if section.id == self.section:
            return None
        self.section = section.id
        self.say()
        self.say(section.title, bold=True)
        if section.intro:
            self.say(section.intro, dim=True)
        if not (section.optional and offer):
            return None
        while True:
            text = self._read(_("Go through this part? [Y/n]") + " ").lower()
            wanted = yes_or_no(text) if text else True
            if wanted:
                return None
            if wanted is False:
                self.interview.skip_section(section)
                return "skipped"
            if command := _command(text):
                self.section = ""
                return command
            self.say("  " + _("Answer yes or no."), fg="yellow")

    def _ask(self, fact: Fact, question: Question) -> Literal["done", "back", "answered"]:
        """Asks until there is an answer, or a command."""
        self.say()
        weight = _("(to weigh; it decides nothing by itself)")
        if question.decides:
            weight = _("(decides {n} of the {total} still open)").format(
                n=question.decides, total=self.interview.undecided()
            )
        self.say(f"{question.question}  {click.style(weight, dim=True)}")
        self.say(f"  {question.why}", dim=True)
        if fact.type in ("yes_no", "choice", "set"):
            for number, (label, hint) in enumerate(choices_of(fact), 1):
                self.say(f"  {number}. {label}" + (click.style(f"  {hint}", dim=True) if hint else ""))
        if fact.type == "set":
            self.say("  " + _("Several: separate them with commas. None of them: none."), dim=True)
        if fact.id in self.interview.answers:
            told = _("So far: {answer}").format(answer=_told(fact, self.interview.answers[fact.id]))
            self.say(f"  {told}", dim=True)
        while True:
            text = self._read("> ")
            if command := _command(text):
                return command
            if text == "?":
                self.say(f"  {question.why}", dim=True)
                continue
            try:
                value = self.interview.answer(fact, text)
            except Misunderstood as problem:
                self.say(f"  {problem}", fg="yellow")
                continue
            told = _("{label}: {text}").format(label=fact.label, text=_told(fact, value))
            self.say(f"  {told}", dim=True)
            return "answered"

    def _read(self, prompt: str) -> str:
        """A typed line; what is no text in it becomes a question mark.

        Raises:
            EOFError: where there are no more lines.
        """
        click.echo(prompt, nl=False, err=self.err)
        while True:
            try:
                line = sys.stdin.readline() if sys.stdin is not None else ""
            except UnicodeDecodeError:
                self.say("  " + _("This is not readable as text."), fg="yellow")
                continue
            if not line:
                raise EOFError
            return line.encode(errors="replace").decode().strip()

    def _save(self) -> None:
        """Saves the answers; where that fails, they are shown at the end."""
        if self.save is None:
            return
        try:
            self.interview.save(self.save)
            self.unsaved = False
        except OSError as error:
            if not self.unsaved:
                reason = reason_of(error)
                told = _("Your answers cannot be saved in {file}: {reason}.").format(
                    file=self.save, reason=reason
                )
                self.say(f"  {told}", fg="yellow")
            self.unsaved = True

    def stopped(self) -> None:
        """Tells where the answers are, so that none is lost."""
        self.say()
        self._save()
        if self.save is not None and not self.unsaved:
            self.say(
                _("Stopped. Your answers are in {file}; go on with the same command.").format(file=self.save)
            )
        elif self.interview.answers:
            self.say(_("Stopped. (Answers are kept in a file with --save FILE.)"))
            self._show_answers()

    def _show_answers(self) -> None:
        self.say(_("Your answers so far, as a profile:"))
        self.say()
        self.say(self.interview.text())


def _told(fact: Fact, value: object) -> str:
    return _("not known") if value is None else fact.label_of(value)


def _refuse_unwritable(path: Path) -> None:
    """Tells before the first question, not after the last, that a file cannot be written."""
    folder = Path(os.path.realpath(path)).parent
    if not os.access(folder, os.W_OK | os.X_OK):
        what = _("`{folder}` cannot be written to") if folder.is_dir() else _("`{folder}` is no folder")
        raise click.BadParameter(what.format(folder=folder), param_hint="--save")


def _keep_comments(path: Path) -> None:
    """Copies a file that may hold comments, which an interview does not keep."""
    if b"#" in path.read_bytes():
        shutil.copy2(path, path.with_name(path.name + ".bak"))

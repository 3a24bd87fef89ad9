"""Consulting a rulebook: from a company's facts to an answer."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping

from .answer import (
    Answer,
    Consideration,
    DecisionAnswer,
    FindingAnswer,
    OptionAnswer,
    Question,
    Remark,
    Responsibility,
    RulebookName,
)
from .changes import Analysis
from .conditions import Condition, FactValue, tests
from .frozen import FrozenDict
from .inference import Network, UnitInference, as_fact, as_outcome
from .language import _, list_of
from .profile import Profile
from .rulebook import Decision, Option, Rule, RulebookData
from .verdicts import Verdict
from .words import join_sentences

#: Parts of answers remembered for each unit; beyond that the oldest are forgotten.
_REMEMBERED = 4096

Values = dict[str, FactValue | None]


class Consultation:
    """Gives answers from one rulebook; holds nothing of any company that an answer could show."""

    def __init__(self, book: RulebookData, network: Network) -> None:
        self.book = book
        self.network = network
        extends = tuple((known.id, known.version) for known in book.books.values() if known.id != book.id)
        self.name = RulebookName(book.id, book.version, book.sha256, extends)
        self._parts = {id: _Part(book, unit) for id, unit in network.units.items()}
        self._responsibilities = tuple(_responsibilities(book))
        self._not_covered = tuple(silence.says for silence in book.silences if not silence.about)
        self._topics = {id: n for n, id in enumerate(book.topics)}
        sections = list(book.vocabulary.sections)
        #: For each fact: the position of its section, and its own.
        self._order = {
            id: (sections.index(fact.section), n) for n, (id, fact) in enumerate(book.vocabulary.facts.items())
        }
        self._asked: dict[tuple[str, int], Question] = {}
        #: The facts that are only weighed, with the decisions that weigh them.
        self._weighed: dict[str, set[str]] = {}
        for decision in book.decisions.values():
            for weighed in decision.weighs:
                self._weighed.setdefault(weighed.fact, set()).add(decision.id)

    def consult(self, profile: Profile, topics: frozenset[str] = frozenset()) -> Answer:
        """The answer for a profile that was checked against the rulebook's vocabulary.

        Args:
            topics: the decisions, findings and topics that it is to be about; all where there are none.

        Raises:
            KeyError: where the rulebook has no such topic.
        """
        wanted = self.book.about(topics) if topics else None
        tokens = self.network.tokens(profile.facts)
        seen: Values = dict(profile.facts)
        decisions: dict[str, DecisionAnswer] = {}
        derived: dict[str, DecisionAnswer] = {}
        findings: list[FindingAnswer] = []
        notes = list(profile.notes)
        decides: dict[str, int] = {}
        undecided = 0
        for decision in self.book.decisions.values():
            if decision.hit_policy == "collect":
                for id in decision.findings:
                    if wanted is None or id in wanted:
                        shown, open_facts = self._parts[id].finding(tokens, seen)
                        if shown is not None:
                            findings.append(shown)
                        undecided += _count(decides, open_facts)
                continue
            answer = self._parts[decision.id].decision(tokens, seen)
            if decision.kind == "placement":
                seen[decision.id] = answer.passed_on
                if wanted is None or decision.id in wanted:
                    decisions[decision.id] = answer
                    undecided += _count(decides, answer.depends_on)
            elif decision.id in seen:
                derived[decision.id] = self._given(answer, tokens, seen, notes)
            else:
                derived[decision.id] = answer
                seen[decision.id] = as_fact(self.book, decision.id, answer.passed_on)
        return Answer(
            rulebook=self.name,
            profile=profile,
            decisions=FrozenDict(sorted(decisions.items(), key=lambda item: self._topics[item[1].topic])),
            derived=FrozenDict(derived),
            findings=tuple(sorted(findings, key=lambda found: self._topics[found.topic])),
            responsibilities=self._responsibilities,
            notes=tuple(notes),
            questions=tuple(self._questions(decides, profile, wanted)),
            undecided=undecided,
            not_covered=self._not_covered,
            book=self.book,
        )

    def _given(
        self, inferred: DecisionAnswer, tokens: tuple[int, ...], seen: Values, notes: list[str]
    ) -> DecisionAnswer:
        """A derived fact as the profile gives it, with a note where the other facts rule it out."""
        fact = self.book.vocabulary.facts[inferred.id]
        given = seen[inferred.id]
        assert given is not None
        outcome = as_outcome(given)
        possible = self.network.units[inferred.id].possible(tokens)
        if outcome not in possible:
            others = [fact.label_of(as_fact(self.book, fact.id, id)) for id in possible if id]
            told = _(
                "`{fact}` is given as {given}, but your other answers fit none of its values; "
                "what is given outright counts"
            ).format(fact=fact.id, given=fact.label_of(given))
            if others:
                told = _(
                    "`{fact}` is given as {given}, but your other answers point to {others}; "
                    "what is given outright counts"
                ).format(fact=fact.id, given=fact.label_of(given), others=list_of(others, "or"))
            notes.append(told)
        return DecisionAnswer(
            id=inferred.id,
            title=inferred.title,
            asks=inferred.asks,
            topic=inferred.topic,
            status="settled",
            outcome=outcome,
            label=self.book.decisions[inferred.id].outcomes[outcome].label,
            facts_used=FrozenDict({inferred.id: given}),
            given=True,
        )

    def _questions(
        self, decides: Mapping[str, int], profile: Profile, wanted: frozenset[str] | None
    ) -> Iterable[Question]:
        """Section by section; in one, the most decisive first; what is only weighed comes last."""
        order = self._order
        for id in sorted(decides, key=lambda id: (order[id][0], -decides[id], order[id][1])):
            yield self._question(id, decides[id])
        for id, decisions in self._weighed.items():
            asked = wanted is None or not wanted.isdisjoint(decisions)
            if asked and id not in decides and id not in profile.facts:
                yield self._question(id, 0)

    def _question(self, id: str, decides: int) -> Question:
        question = self._asked.get((id, decides))
        if question is None:
            fact = self.book.vocabulary.facts[id]
            question = self._asked[id, decides] = Question(id, fact.question, fact.why, decides)
        return question


class _Part:
    """The part of an answer that one unit gives, remembered by the facts that it rests on."""

    def __init__(self, book: RulebookData, unit: UnitInference) -> None:
        self.book = book
        self.unit = unit
        self.analysis = Analysis(unit)
        decision = unit.unit.decision
        self._names = unit.unit.needs
        self._weighs = decision.weighs
        self._not_covered = tuple(s.says for s in book.silences if decision.id in s.about)
        self._remembered: OrderedDict[object, object] = OrderedDict()

    def decision(self, tokens: tuple[int, ...], seen: Values) -> DecisionAnswer:
        """The decision's answer; it rests on the completions, and so on all tokens of its requirements."""
        key = (*[tokens[n] for n in self.unit.positions], *[seen.get(name) for name in self._names])
        answer: DecisionAnswer = self._remember(key, lambda: self._decision(tokens, seen))  # type: ignore[assignment]
        if not self._weighs or answer.status == "not_applicable":
            return answer
        # The values weighed decide nothing: they are put in, not remembered by.
        return answer._replace(
            considerations=tuple(
                Consideration(
                    weighed.fact, seen.get(weighed.fact), weighed.because, weighed.guidance, weighed.book
                )
                for weighed in self._weighs
            )
        )

    def finding(self, tokens: tuple[int, ...], seen: Values) -> tuple[FindingAnswer | None, tuple[str, ...]]:
        """How the finding shows, which rests on what it needs alone; and what can still change that."""
        key = tuple([seen.get(name) for name in self._names])
        shown = self._remember(key, lambda: [self._finding(tokens, seen)])
        return shown[0], self.analysis.matters(tokens)  # type: ignore[index]

    def _remember(self, key: object, make: Callable[[], object]) -> object:
        found = self._remembered.get(key)
        if found is None:
            found = make()
            if len(self._remembered) >= _REMEMBERED:
                with contextlib.suppress(KeyError):  # another thread was faster
                    self._remembered.popitem(last=False)
            self._remembered[key] = found
        return found

    def _decision(self, tokens: tuple[int, ...], seen: Values) -> DecisionAnswer:
        decision = self.unit.unit.decision
        verdict = self.unit.verdict(tokens, seen)
        applies = verdict.status != "not_applicable"
        return DecisionAnswer(
            id=decision.id,
            title=decision.title,
            asks=decision.asks,
            topic=decision.topic,
            status=verdict.status,
            outcome=verdict.outcome,
            label=decision.outcomes[verdict.outcome].label if verdict.outcome else "",
            options=tuple(_option(decision, option) for option in verdict.options),
            modality=verdict.modality,
            rationale=join_sentences(*dict.fromkeys(rule.because for rule in verdict.rules)),
            rules=tuple(rule.id for rule in verdict.rules),
            rules_are_alternatives=verdict.rules_are_alternatives,
            overridden=tuple(rule.id for rule in verdict.overridden),
            remarks=tuple(Remark(r.id, r.remark, r.guidance, r.inferred, r.book) for r in verdict.remarks),
            presumes=tuple(
                rule.presumes for rule in verdict.rules if rule.presumes and _unknown(rule.unless, seen)
            ),
            not_covered=self._not_covered if applies else (),
            facts_used=self._facts_used(verdict, seen),
            depends_on=self.analysis.matters(tokens),
            guidance=tuple(dict.fromkeys(item for rule in verdict.rules for item in rule.guidance)),
            inferred=any(rule.inferred for rule in verdict.rules),
            would_change=() if decision.kind == "fact" else self.analysis.would_change(tokens),
            books=tuple(dict.fromkeys(rule.book for rule in verdict.rules)),
        )

    def _facts_used(self, verdict: Verdict, seen: Values) -> Mapping[str, FactValue]:
        """The known facts that the rules shown, and the options, were fired by."""
        decision = self.unit.unit.decision
        conditions: list[Condition] = []
        if verdict.status == "not_applicable" and decision.not_applicable is not None:
            conditions.append(decision.not_applicable)
        for rule in (*verdict.rules, *verdict.remarks):
            conditions += _conditions_of(rule)
        allowed = {option.rule for option in verdict.options}
        conditions += [option.when for option in decision.alternatives if option.rule in allowed]
        return _known(conditions, seen)

    def _finding(self, tokens: tuple[int, ...], seen: Values) -> FindingAnswer | None:
        shown = self.unit.shown(tokens, seen)
        if shown is None:
            return None
        rule, decision = shown.rule, self.unit.unit.decision
        return FindingAnswer(
            id=rule.finding,
            decision=decision.id,
            title=decision.title,
            topic=decision.topic,
            state=shown.state,
            modality=rule.modality or "info",
            text=rule.text,
            because=rule.because,
            rule=rule.id,
            guidance=rule.guidance,
            facts_used=_known(_conditions_of(rule), seen),
            inferred=rule.inferred,
            book=rule.book,
        )


def _count(decides: dict[str, int], facts: Collection[str]) -> bool:
    """Counts one more thing that each of the facts can change; whether there is any."""
    for id in facts:
        decides[id] = decides.get(id, 0) + 1
    return bool(facts)


def _option(decision: Decision, option: Option) -> OptionAnswer:
    return OptionAnswer(
        option.outcome,
        decision.outcomes[option.outcome].label,
        option.modality,
        option.rule,
        option.because,
        option.guidance,
        option.inferred,
        option.book,
    )


def _conditions_of(rule: Rule) -> list[Condition]:
    return [rule.when] if rule.unless is None else [rule.when, rule.unless]


def _known(conditions: Iterable[Condition], seen: Values) -> Mapping[str, FactValue]:
    used: dict[str, FactValue] = {}
    for condition in conditions:
        for test in tests(condition):
            value = seen.get(test.fact)
            if value is not None:
                used[test.fact] = value
    return FrozenDict(used)


def _unknown(condition: Condition | None, seen: Values) -> bool:
    return condition is not None and any(seen.get(test.fact) is None for test in tests(condition))


def _responsibilities(book: RulebookData) -> Iterable[Responsibility]:
    for team in book.teams:
        for entry in team.responsibilities:
            yield Responsibility(
                entry.id,
                entry.label,
                team.id,
                team.label,
                entry.shared_with,
                entry.modality,
                entry.note,
                entry.guidance,
                entry.book,
            )

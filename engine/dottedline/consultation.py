"""Consulting a rulebook: from a company's facts to an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
from .inference import Network, UnitInference, Verdict, as_fact
from .profile import Profile
from .resolution import Shown
from .rulebook import Decision, Option, Rule, RulebookData

Values = dict[str, FactValue | None]


class Consultation:
    """Gives answers from one rulebook; holds nothing of any company."""

    def __init__(self, book: RulebookData, network: Network) -> None:
        self.book = book
        self.network = network
        self.name = RulebookName(book.id, book.version, book.sha256)
        self._analyses: dict[str, Analysis] = {}
        self._responsibilities = tuple(_responsibilities(book))

    def consult(self, profile: Profile) -> Answer:
        """The answer for a profile that was checked against the rulebook's vocabulary."""
        tokens = self.network.tokens(profile.facts)
        seen: Values = dict(profile.facts)
        decisions: dict[str, DecisionAnswer] = {}
        derived: dict[str, DecisionAnswer] = {}
        findings: list[FindingAnswer] = []
        notes = list(profile.notes)
        decides: dict[str, int] = {}
        for decision in self.book.decisions.values():
            if decision.hit_policy == "collect":
                for id in decision.findings:
                    unit = self.network.units[id]
                    shown = unit.shown(tokens, seen)
                    if shown is not None:
                        findings.append(self._finding(unit, shown, seen))
                    _count(decides, self._analysis(id).matters(tokens))
                continue
            unit = self.network.units[decision.id]
            verdict = unit.verdict(tokens, seen)
            if decision.kind == "fact":
                derived[decision.id] = self._derived(unit, verdict, tokens, seen, notes)
                if decision.id not in seen:
                    seen[decision.id] = as_fact(self.book, decision.id, verdict.passed_on)
            else:
                seen[decision.id] = verdict.passed_on
                answer = self._decision(unit, verdict, tokens, seen)
                decisions[decision.id] = answer
                _count(decides, answer.depends_on)
        order = {id: n for n, id in enumerate(self.book.topics)}
        return Answer(
            rulebook=self.name,
            profile=profile,
            decisions=dict(sorted(decisions.items(), key=lambda item: order[item[1].topic])),
            derived=derived,
            findings=tuple(sorted(findings, key=lambda found: order[found.topic])),
            responsibilities=self._responsibilities,
            notes=tuple(notes),
            questions=tuple(self._questions(decides, profile)),
            vocabulary=self.book.vocabulary,
        )

    def _analysis(self, id: str) -> Analysis:
        analysis = self._analyses.get(id)
        if analysis is None:
            analysis = self._analyses.setdefault(id, Analysis(self.network.units[id]))
        return analysis

    def _decision(
        self, unit: UnitInference, verdict: Verdict, tokens: tuple[int, ...], seen: Values
    ) -> DecisionAnswer:
        decision = unit.unit.decision
        analysis = self._analysis(unit.unit.id)
        settled = verdict.status in ("settled", "silent", "not_applicable")
        guidance = [item for rule in verdict.rules for item in rule.guidance]
        remarks = verdict.remarks
        shown_options = verdict.options if verdict.status != "not_applicable" else ()
        return DecisionAnswer(
            id=decision.id,
            title=decision.title,
            asks=decision.asks,
            topic=decision.topic,
            status=verdict.status,
            outcome=verdict.outcome,
            label=decision.outcomes[verdict.outcome].label if verdict.outcome else "",
            options=tuple(_option(decision, option) for option in shown_options),
            modality=verdict.modality,
            rationale=" ".join(dict.fromkeys(rule.because for rule in verdict.rules)),
            rules=tuple(rule.id for rule in verdict.rules),
            rules_are_alternatives=verdict.rules_are_alternatives,
            overridden=tuple(rule.id for rule in verdict.overridden),
            remarks=tuple(Remark(r.id, r.remark, r.guidance, r.inferred) for r in remarks),
            considerations=tuple(
                Consideration(weighed.fact, seen.get(weighed.fact), weighed.because, weighed.guidance)
                for weighed in (decision.weighs if verdict.status != "not_applicable" else ())
            ),
            presumes=tuple(
                rule.presumes for rule in verdict.rules if rule.presumes and _unknown(rule.unless, seen)
            ),
            facts_used=self._facts_used(unit, verdict, seen),
            depends_on=() if settled and decision.kind == "fact" else analysis.matters(tokens),
            guidance=tuple(dict.fromkeys(guidance)),
            inferred=any(rule.inferred for rule in verdict.rules),
            would_change=analysis.would_change(tokens),
        )

    def _derived(
        self,
        unit: UnitInference,
        verdict: Verdict,
        tokens: tuple[int, ...],
        seen: Values,
        notes: list[str],
    ) -> DecisionAnswer:
        """A derived fact: as given where the profile gives it, with a note where the other facts disagree."""
        decision = unit.unit.decision
        answer = self._decision(unit, verdict, tokens, seen)
        given = seen.get(decision.id)
        if given is None:
            return answer
        outcome = str(given).lower() if isinstance(given, bool) else str(given)
        fact = self.book.vocabulary.facts[decision.id]
        if verdict.outcome is not None and verdict.outcome != outcome:
            notes.append(
                f"`{fact.id}` is given as {fact.label_of(given)}, but the other facts point to "
                f"{answer.label}; what is given outright counts"
            )
        return DecisionAnswer(
            id=decision.id,
            title=decision.title,
            asks=decision.asks,
            topic=decision.topic,
            status="settled",
            outcome=outcome,
            label=decision.outcomes[outcome].label,
            options=(),
            modality=None,
            rationale="",
            rules=(),
            rules_are_alternatives=False,
            overridden=(),
            remarks=(),
            considerations=(),
            presumes=(),
            facts_used={decision.id: given},
            depends_on=(),
            guidance=(),
            inferred=False,
            would_change=(),
            given=True,
        )

    def _facts_used(self, unit: UnitInference, verdict: Verdict, seen: Values) -> dict[str, FactValue]:
        """The known facts that the rules shown, and the options, were fired by."""
        decision = unit.unit.decision
        conditions: list[Condition] = []
        if verdict.status == "not_applicable" and decision.not_applicable is not None:
            conditions.append(decision.not_applicable)
        for rule in (*verdict.rules, *verdict.remarks):
            conditions += _conditions_of(rule)
        conditions += [option.when for option in verdict.options]
        return _known(conditions, seen)

    def _finding(self, unit: UnitInference, shown: Shown, seen: Values) -> FindingAnswer:
        rule, decision = shown.rule, unit.unit.decision
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
        )

    def _questions(self, decides: Mapping[str, int], profile: Profile) -> Iterable[Question]:
        """Section by section; in one, the most decisive first; what is only weighed comes last."""
        facts = self.book.vocabulary.facts
        sections = {id: n for n, id in enumerate(self.book.vocabulary.sections)}
        deciding = [fact for fact in facts.values() if fact.id in decides]
        deciding.sort(key=lambda fact: (sections[fact.section], -decides[fact.id]))
        weighed = [
            facts[id]
            for id in dict.fromkeys(w.fact for d in self.book.decisions.values() for w in d.weighs)
            if id not in decides and id not in profile.facts
        ]
        for fact in (*deciding, *weighed):
            yield Question(fact.id, fact.question, fact.why, decides.get(fact.id, 0))


def _count(decides: dict[str, int], facts: Iterable[str]) -> None:
    for id in facts:
        decides[id] = decides.get(id, 0) + 1


def _option(decision: Decision, option: Option) -> OptionAnswer:
    return OptionAnswer(
        option.outcome,
        decision.outcomes[option.outcome].label,
        option.modality,
        option.rule,
        option.because,
        option.guidance,
        option.inferred,
    )


def _conditions_of(rule: Rule) -> list[Condition]:
    return [rule.when] if rule.unless is None else [rule.when, rule.unless]


def _known(conditions: Iterable[Condition], seen: Values) -> dict[str, FactValue]:
    used: dict[str, FactValue] = {}
    for condition in conditions:
        for test in tests(condition):
            value = seen.get(test.fact)
            if value is not None:
                used[test.fact] = value
    return used


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
            )



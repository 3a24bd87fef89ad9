"""The shipped rulebook several times over: the same decisions again, under other ids and on other facts.

A copy on the same facts would be found to be the same and cost nothing, so each copy asks other facts of the
same kind. What it advises makes no sense; how much there is to look up does.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import yaml

import dottedline

Names = Mapping[str, str]

ROOT = Path(__file__).parents[2]


def write(folder: Path, times: int) -> tuple[Path, Path]:
    """The folders of a rulebook with every decision so many times, and of its vocabulary."""
    rules, facts = ROOT / "rules" / "b2b_marketing", ROOT / "facts" / "b2b_marketing"
    for source, name in ((rules, "rules"), (facts, "facts")):
        (folder / name).mkdir(parents=True)
        for path in source.glob("*.yaml"):
            shutil.copy(path, folder / name / path.name)
    decisions = [
        decision
        for path in sorted(rules.glob("*.yaml"))
        for decision in yaml.load(path.read_text("utf-8"), yaml.BaseLoader).get("decisions", [])
        if decision["kind"] != "fact"
    ]
    for copy in range(2, times + 1):
        moved = _other_facts(copy)
        copied = [_copied(decision, copy, moved) for decision in decisions]
        text = yaml.dump({"decisions": copied}, Dumper=_Plain, allow_unicode=True, sort_keys=False)
        (folder / "rules" / f"copy_{copy}.yaml").write_text(text, "utf-8")
    return folder / "rules", folder / "facts"


def _other_facts(copy: int) -> Names:
    """For each fact another of the same kind, a different one for each copy."""
    book = dottedline.load()
    kinds: dict[object, list[str]] = {}
    for id in book.network.variables:
        fact = book.vocabulary.facts[id]
        if not fact.derived:
            kinds.setdefault((fact.type, tuple(fact.values)), []).append(id)
    return {id: ids[(n + copy - 1) % len(ids)] for ids in kinds.values() for n, id in enumerate(ids)}


def _copied(decision: Mapping[str, Any], copy: int, facts: Names) -> dict[str, Any]:
    copied: dict[str, Any] = {**decision, "id": f"{decision['id']}_{copy}"}
    copied.pop("weighs", None)
    if "not_applicable" in decision:
        copied["not_applicable"] = _moved(decision["not_applicable"], facts)
    for key in ("rules", "alternatives"):
        if key in decision:
            copied[key] = [_rule(rule, copy, facts) for rule in decision[key]]
    return copied


def _rule(rule: Mapping[str, Any], copy: int, facts: Names) -> dict[str, Any]:
    copied: dict[str, Any] = {**rule, "id": f"{rule['id']}-{copy}"}
    copied.pop("line", None)
    for key in ("when", "unless"):
        if key in rule:
            copied[key] = _moved(rule[key], facts)
    if "finding" in rule:
        copied["finding"] = f"{rule['finding']}_{copy}"
    if "overrides" in rule:
        copied["overrides"] = [f"{id}-{copy}" for id in rule["overrides"]]
    return copied


def _moved(condition: Mapping[str, Any], facts: Names) -> dict[str, Any]:
    """A condition on other facts."""
    return {
        facts.get(key, key): [_moved(part, facts) for part in want] if key in ("all", "any") else want
        for key, want in condition.items()
    }


class _Plain(yaml.SafeDumper):
    """Writes every word as it was, without quotes where none are needed, and without aliases."""

    yaml_implicit_resolvers: ClassVar[dict[str, Sequence[Any]]] = {}

    def ignore_aliases(self, data: object) -> bool:
        return True


if __name__ == "__main__":
    print(*write(Path(sys.argv[1]), int(sys.argv[2])))

"""The matcher: durable_rules, a Rete network in C, in a cage.

durable_rules is fast and right when it is fed small integers that we made,
and can crash the process otherwise. So this module, the only one that imports
it, gives it nothing else: no user text, no floats, no absent properties. What
was measured about its limits stands beside each bound below.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import os
import sys
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType

from .language import _
from .lazy import LOCK

#: One way for a pattern to be true: for each position, the tokens that fit.
Term = Mapping[int, frozenset[int]]

#: Its C stack holds 64 alpha matches of one message; past it, error 303.
_TERMS_PER_RULESET = 60
#: A node of its network with 512 children makes it loop for ever while it compiles.
_VALUES_PER_RULESET = 500
#: A message of more than 253 properties is refused (302); three are ours.
MAX_POSITIONS = 240
#: Its expression buffer holds 32 entries a rule; an any-of takes two and more than 15 fail (113).
MAX_TESTS_PER_TERM = 14
#: `$or` over one property was tried up to 200 wide.
MAX_TOKENS_PER_TEST = 100

_STATE = "s"


class EngineUnavailable(RuntimeError):
    """durable_rules cannot be loaded here."""


class EngineFault(RuntimeError):
    """durable_rules did something that it should never do with what we give it."""


class EngineLimit(ValueError):
    """A pattern that durable_rules could not hold; the message says which limit."""


class Matcher:
    """Matches named patterns on tuples of tokens; safe to use from several threads.

    Args:
        name: for messages only.
        patterns: for each pattern, its ways to be true. An empty term is
            always true; a pattern without terms never is.

    Raises:
        EngineLimit: where a pattern would reach a limit of durable_rules.
        EngineUnavailable: where durable_rules cannot be loaded.
    """

    def __init__(self, name: str, patterns: Mapping[str, Sequence[Term]]) -> None:
        self.name = name
        self._engine = _load_engine()
        self._names = list(patterns)
        terms = [
            (f"{number}_{way}", term)
            for number, ways in enumerate(patterns.values())
            for way, term in enumerate(narrow for wide in ways for narrow in _narrow(wide))
        ]
        positions = {position for _name, term in terms for position in term}
        check_limits(positions, (term for _name, term in terms))
        self._width = max(positions, default=-1) + 1
        self._messages = itertools.count(1)
        with LOCK:
            self._handles = [
                self._compile(f"{name}-{number}", portion) for number, portion in enumerate(_portions(terms))
            ]
        weakref.finalize(self, _delete, self._engine, tuple(self._handles), os.getpid())

    def match(self, tokens: Sequence[int]) -> frozenset[str]:
        """The names of the patterns that are true of `tokens` (small integers, by position).

        Raises:
            EngineFault: where durable_rules fails.
        """
        message = {f"p{position}": int(tokens[position]) for position in range(self._width)}
        fired: set[str] = set()
        with LOCK:
            for handle in self._handles:
                fired.update(self._run(handle, message))
        return frozenset(self._names[int(rule.split("_")[0])] for rule in fired)

    def _compile(self, name: str, terms: Iterable[tuple[str, Term]]) -> int:
        rules: dict[str, object] = {rule: {"all": [{"m": _expression(term)}]} for rule, term in terms}
        # A rule that always runs: before a state is deleted, one must have run in it,
        # or durable_rules frees memory that it never initialised.
        rules["always"] = {"all": [{"m": {"$and": [{"on": 1}]}}]}
        try:
            return int(self._engine.create_ruleset(name, json.dumps(rules)))
        except Exception as error:
            raise EngineFault(f"durable_rules refused the rules of `{self.name}`: {error}") from error

    def _run(self, handle: int, message: Mapping[str, int]) -> set[str]:
        """One message through one ruleset: assert it, drain its actions, delete the state."""
        engine = self._engine
        # A message equal to an earlier one is refused, so each has an id of its own.
        text = json.dumps({"id": str(next(self._messages)), "sid": _STATE, "on": 1, **message})
        fired: set[str] = set()
        try:
            _status, state = engine.assert_fact(handle, text)
            started = engine.start_action_for_state(handle, state)
            action = started[1] if started else None
            while action is not None:
                fired.add(action[2 : action.index('"', 2)])
                action = engine.complete_and_start_action(handle, state)
            engine.delete_state(handle, _STATE)
        except Exception as error:
            raise EngineFault(f"durable_rules failed on `{self.name}`: {error}") from error
        if "always" not in fired:
            raise EngineFault(f"durable_rules lost a message of `{self.name}`")
        fired.discard("always")
        return fired


def check_limits(positions: Iterable[int], terms: Iterable[Term]) -> None:
    """Raises EngineLimit where durable_rules could not hold these terms."""
    if max(positions, default=0) >= MAX_POSITIONS:
        raise EngineLimit(_("it uses more than {most} facts").format(most=MAX_POSITIONS))
    for term in terms:
        if len(term) > MAX_TESTS_PER_TERM:
            raise EngineLimit(
                _("a condition asks for {number} facts at once; {most} is the most").format(
                    number=len(term), most=MAX_TESTS_PER_TERM
                )
            )


def _narrow(term: Term) -> list[Term]:
    """The same as terms of which no test names more values than one `$or` can hold."""
    parts = [
        [(position, frozenset(portion)) for portion in _batches(sorted(tokens))]
        for position, tokens in term.items()
    ]
    return [dict(part) for part in itertools.product(*parts)]


def _batches(tokens: list[int]) -> list[list[int]]:
    most = MAX_TOKENS_PER_TEST
    return [tokens[start : start + most] for start in range(0, len(tokens), most)]


def _portions(terms: Iterable[tuple[str, Term]]) -> Iterator[list[tuple[str, Term]]]:
    """The terms in portions that one ruleset can hold."""
    portion: list[tuple[str, Term]] = []
    values = 0
    for name, term in terms:
        size = sum(len(tokens) for tokens in term.values())
        if portion and (len(portion) == _TERMS_PER_RULESET or values + size > _VALUES_PER_RULESET):
            yield portion
            portion, values = [], 0
        portion.append((name, term))
        values += size
    if portion:
        yield portion


def _expression(term: Term) -> object:
    parts: list[object] = [{"on": 1}]
    for position, tokens in sorted(term.items()):
        equals = [{f"p{position}": token} for token in sorted(tokens)]
        parts.append(equals[0] if len(equals) == 1 else {"$or": equals})
    return {"$and": parts}


def _delete(engine: ModuleType, handles: tuple[int, ...], owner: int) -> None:
    # A forked child shares nothing with its parent's network: it leaves it alone.
    if os.getpid() != owner:
        return
    with LOCK:
        for handle in handles:
            engine.delete_ruleset(handle)


# --- loading ---------------------------------------------------------------------------


def _load_engine() -> ModuleType:
    """The extension module of durable_rules; see `_callobject.c` for CPython 3.13."""
    loaded = sys.modules.get("durable_rules_engine")
    if loaded is not None:
        return loaded
    try:
        if sys.version_info < (3, 13) or not hasattr(sys, "setdlopenflags"):
            import durable_rules_engine

            return _checked(durable_rules_engine)
        flags = sys.getdlopenflags()
        try:
            sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL)
            # Where it was not built, binding lazily is enough, unless the engine was linked with -z now.
            with contextlib.suppress(ImportError):
                importlib.import_module("._callobject", __package__)

            sys.setdlopenflags(os.RTLD_LAZY)
            import durable_rules_engine
        finally:
            sys.setdlopenflags(flags)
        return _checked(durable_rules_engine)
    except ImportError as error:
        raise EngineUnavailable(
            _(
                "the rule engine durable_rules 2.0.28 cannot be loaded on this platform ({reason}); "
                "run dottedline in the container that the Dockerfile beside setup.cfg builds"
            ).format(reason=str(error).splitlines()[0])
        ) from error


def _checked(module: ModuleType) -> ModuleType:
    wanted = ("create_ruleset", "assert_fact", "start_action_for_state", "complete_and_start_action")
    if not all(hasattr(module, name) for name in (*wanted, "delete_state", "delete_ruleset")):
        raise ImportError(_("its extension module lacks a function"))
    return module

"""The cage around durable_rules: within its limits it matches as a plain reading does, beyond them it refuses.

A fault in C would end the process, so the fuzzing runs in one of its own: `python tests/test_matcher.py SEED`.
"""

from __future__ import annotations

import faulthandler
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

import dottedline
from dottedline import matcher
from dottedline.matcher import EngineLimit, Matcher, Term

Patterns = dict[str, list[Term]]


def plainly(patterns: Patterns, tokens: Sequence[int]) -> frozenset[str]:
    """The patterns that are true of these tokens, read one by one."""
    return frozenset(
        name
        for name, ways in patterns.items()
        if any(all(tokens[position] in fitting for position, fitting in term.items()) for term in ways)
    )


def random_patterns(dice: random.Random) -> Patterns:
    width = dice.choice([1, 2, 5, 20, 60, matcher.MAX_POSITIONS])
    highest = dice.choice([1, 2, 5, 300])

    def term() -> Term:
        size = min(width, dice.choice([0, 1, 1, 2, 3, 5, matcher.MAX_TESTS_PER_TERM]))
        return {position: tests() for position in dice.sample(range(width), size)}

    def tests() -> frozenset[int]:
        most = min(highest + 1, matcher.MAX_TOKENS_PER_TEST)
        count = dice.choice([1, 1, 2, dice.randint(1, most)])
        return frozenset(dice.sample(range(highest + 1), min(count, most)))

    names = [f"pattern {number}" for number in range(dice.choice([1, 2, 5, 30]))]
    return {name: [term() for _ in range(dice.choice([0, 1, 1, 2, 10]))] for name in names}


def random_tokens(dice: random.Random, patterns: Patterns) -> list[int]:
    """Tokens that make some pattern true about half the time; 0 is `unknown`."""
    tokens = [dice.choice([0, 0, 1, 2, 299]) for _ in range(matcher.MAX_POSITIONS)]
    ways = [term for terms in patterns.values() for term in terms]
    for term in dice.sample(ways, min(len(ways), 3)):
        for position, fitting in term.items():
            tokens[position] = dice.choice(sorted(fitting))
    return tokens


def fuzz(seed: int) -> None:
    dice = random.Random(seed)
    alive: list[tuple[Patterns, Matcher]] = []
    for round in range(40):
        patterns = random_patterns(dice)
        alive.append((patterns, Matcher(f"fuzz {round}", patterns)))
        for _ in range(25):
            # Matchers made before are used in between, and some are dropped.
            known, made = dice.choice(alive)
            tokens = random_tokens(dice, known)
            assert made.match(tokens) == plainly(known, tokens), (seed, round)
        if len(alive) > 5:
            alive.pop(dice.randrange(len(alive)))


def fuzz_in_threads(seed: int) -> None:
    """One matcher used, and others made and dropped, by several threads at once."""
    patterns = random_patterns(random.Random(seed))
    shared = Matcher("shared", patterns)
    wrong: list[object] = []

    def work(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(60):
            tokens = random_tokens(dice, patterns)
            if shared.match(tokens) != plainly(patterns, tokens):
                wrong.append(tokens)
            if dice.random() < 0.1:
                own = random_patterns(dice)
                tokens = random_tokens(dice, own)
                if Matcher("own", own).match(tokens) != plainly(own, tokens):
                    wrong.append(tokens)

    threads = [threading.Thread(target=work, args=(seed * 10 + number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def fuzz_after_fork(seed: int) -> None:
    """A child goes on with its parent's matcher, and both go on after that."""
    dice = random.Random(seed)
    patterns = random_patterns(dice)
    parent = Matcher("parent", patterns)
    for _ in range(3):
        child = os.fork()
        for _ in range(30):
            tokens = random_tokens(dice, patterns)
            same = parent.match(tokens) == plainly(patterns, tokens)
            if child == 0 and not same:
                os._exit(1)
            assert same
        if child == 0:
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0


def run(what: str, seed: int) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, [str(Path(matcher.__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", __file__, what, str(seed)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("what", ["fuzz", "fuzz_in_threads", "fuzz_after_fork"])
@pytest.mark.parametrize("seed", range(int(os.environ.get("MATCHER_SEEDS", "2"))))
def test_fuzz(what: str, seed: int) -> None:
    done = run(what, seed)
    assert done.returncode == 0, done.stderr


def test_limits_themselves_can_be_held() -> None:
    """What is just within the limits is matched."""
    everything = {
        "wide": [{position: frozenset({1}) for position in range(matcher.MAX_TESTS_PER_TERM)}],
        "many values": [{matcher.MAX_POSITIONS - 1: frozenset(range(matcher.MAX_TOKENS_PER_TEST))}],
        "many ways": [{position: frozenset({2})} for position in range(200)],
        "always": [{}],
        "never": [],
    }
    made = Matcher("limits", everything)
    for tokens in ([1] * matcher.MAX_POSITIONS, [2] * matcher.MAX_POSITIONS, [0] * matcher.MAX_POSITIONS):
        assert made.match(tokens) == plainly(everything, tokens)


@pytest.mark.parametrize(
    ("term", "says"),
    [
        ({matcher.MAX_POSITIONS: frozenset({1})}, "it uses more than 240 facts"),
        (
            {position: frozenset({1}) for position in range(15)},
            "a condition asks for 15 facts at once; 14 is the most",
        ),
    ],
)
def test_beyond_the_limits_is_refused_in_python(term: Term, says: str) -> None:
    with pytest.raises(EngineLimit, match=says):
        Matcher("beyond", {"pattern": [term]})
    with pytest.raises(EngineLimit):
        Matcher("beyond", {"fine": [{}], "pattern": [{0: frozenset({1})}, term]})


def test_many_values_in_one_ruleset() -> None:
    """No pattern is beyond the limits, yet together they are more than its hash table of 512 can hold."""
    assert run("many_values", 0).returncode == 0


def many_values(_: int) -> None:
    faulthandler.dump_traceback_later(3, exit=True)
    patterns: Patterns = {str(position): [{position: frozenset(range(100))}] for position in range(6)}
    made = Matcher("many values", patterns)
    for tokens in ([0] * 6, [100] * 6, [0, 100] * 3):
        assert made.match(tokens) == plainly(patterns, tokens)


def test_set_tested_for_twelve_elements(tmp_path: Path) -> None:
    """What is loaded can be consulted: a limit is no surprise for later."""
    letters = "abcdefghijkl"
    book = Path(__file__).parent / "bad" / "rulebooks" / "set_of_13_elements"
    shutil.copytree(book, tmp_path, dirs_exist_ok=True)
    rules = tmp_path / "rules" / "book" / "book.yaml"
    head, _, rule = rules.read_text().partition("      - id: place-any")
    one = "\n      - id: place-any" + rule.rstrip()
    every = [one.replace("place-any", f"place-{c}").replace(", ".join(letters + "m"), c) for c in letters]
    rules.write_text(head.rstrip() + "".join(every) + "\n")
    loaded = dottedline.load(rules.parent)
    assert loaded.consult({"letters": ["c", "l"]}).decisions["place"].rules == ("place-c", "place-l")


def test_odd_names_reach_no_c() -> None:
    """Names of patterns and matchers may be anything: durable_rules sees numbers only."""
    names = ['"', "a\nb", "\0", "é" * 1000, "", "always"]
    made = Matcher('odd "name"\n', {name: [{0: frozenset({1})}] for name in names})
    assert made.match([1]) == frozenset(names)
    assert made.match([0]) == frozenset()


if __name__ == "__main__":
    globals()[sys.argv[1]](int(sys.argv[2]))

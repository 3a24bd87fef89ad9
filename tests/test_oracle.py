"""The oracle against small rulebooks whose answers were reasoned out by hand (in the comments)."""
import textwrap

import pytest

import oracle

LIFECYCLE = """
  - id: lifecycle_marketing
    kind: placement
    hit_policy: single
    outcomes: {growth: {label: Growth}, product_marketing: {label: Product Marketing}}
    not_applicable: {current: nobody}
    rules:
      - {id: usual, outcome: growth, modality: default}
      - {id: sales-led, when: {gtm_motion: sales_led}, outcome: growth, modality: may}
      - id: freemium
        when: {gtm_motion: self_serve, freemium_product: true}
        unless: {upsell_driven_revenue: false}
        outcome: product_marketing
        modality: may
        overrides: [usual]
      - id: both
        when: {gtm_motion: hybrid, freemium_product: yes}
        unless: {upsell_driven_revenue: false}
        open: [{outcome: growth}, {outcome: product_marketing}]
        modality: may
        overrides: [usual]
      - {id: not-discussed, when: {gtm_motion: hybrid}, remark: The source does not discuss this.}
"""
LIFECYCLE_FACTS = """
  gtm_motion: {type: choice, values: {sales_led: S, self_serve: E, hybrid: H}}
  freemium_product: {type: yes_no}
  upsell_driven_revenue: {type: yes_no}
  current: {type: choice, values: {growth: G, planned: P, nobody: {label: N, only_if_stated: true}}}
"""
MOTION = """
  - id: gtm_motion
    kind: fact
    hit_policy: single
    rules:
      - {id: s, when: {team: true, long: true, any: [{easy: false}, {signup: false}]}, outcome: sales_led, modality: info}
      - {id: e, when: {easy: true, signup: true, any: [{team: false}, {long: false}]}, outcome: self_serve, modality: info}
      - {id: h, when: {all: [{team: true, long: true}, {easy: true, signup: true}]}, outcome: hybrid, modality: info}
"""
MOTION_FACTS = """
  team: {type: yes_no}
  long: {type: yes_no}
  easy: {type: yes_no}
  signup: {type: yes_no}
"""


@pytest.fixture
def write(tmp_path):
    def book(decisions, facts, more=""):
        for kind, text in (("rules", f"decisions:\n{textwrap.dedent(decisions)}"),
                           ("facts", f"facts:{facts}\n{textwrap.dedent(more)}")):
            (tmp_path / kind).mkdir(exist_ok=True)
            (tmp_path / kind / "book.yaml").write_text(text, "utf-8")
        return oracle.load(tmp_path / "rules", tmp_path / "facts")
    return book


def consult(book, profile, decision):
    return oracle.consult(book, profile)["decisions"][decision]


def changes(answer):
    """`would_change` as text, sorted."""
    return sorted(
        (" ".join(sorted(f"{fact}={value}" for fact, value in change)), status, outcome, "/".join(sorted(options)))
        for change, status, outcome, options in answer["would_change"])


def brief(answer):
    return answer["status"], answer["outcome"], answer["modality"], answer["rules"]


def single(rules, **more):
    """One decision `d` on one line of YAML."""
    head = "".join(f", {key}: {text}" for key, text in more.items())
    return f"\n- {{id: d, kind: placement, hit_policy: single, rules: [{', '.join(rules)}]{head}}}\n"


def rule(name, when="{}", conclusion="outcome: a", more=""):
    return f"{{id: {name}, when: {when}, {conclusion}, modality: may{', ' + more if more else ''}}}"


# ---- the lifecycle example of the design -------------------------------------------------------------------

def test_lifecycle_with_nothing_known(write):
    # The default holds. Of the 12 completions, self-serve + freemium + upsell moves it, and so does hybrid. To
    # get there upsell need not be known: the rule presumes it, and then the answer is provisional again.
    # `nobody` is never supposed, so that the decision might not apply plays no part.
    answer = consult(write(LIFECYCLE, LIFECYCLE_FACTS), {}, "lifecycle_marketing")
    assert brief(answer) == ("provisional", "growth", "default", ["usual"])
    assert answer["options"] == {"growth"}
    assert answer["matters"] == {"gtm_motion", "freemium_product", "upsell_driven_revenue"}
    assert changes(answer) == [
        ("freemium_product=True gtm_motion=hybrid", "open", None, "growth/product_marketing"),
        ("freemium_product=True gtm_motion=self_serve", "provisional", "product_marketing", "product_marketing"),
    ]


def test_lifecycle_on_a_presumption(write):
    answer = consult(write(LIFECYCLE, LIFECYCLE_FACTS), {"gtm_motion": "self_serve", "freemium_product": True},
                     "lifecycle_marketing")
    assert brief(answer) == ("provisional", "product_marketing", "may", ["freemium"])
    assert answer["overridden"] == {"usual"}
    assert answer["matters"] == {"upsell_driven_revenue"}
    assert changes(answer) == [
        ("freemium_product=False", "settled", "growth", "growth"),
        ("gtm_motion=hybrid", "open", None, "growth/product_marketing"),
        ("gtm_motion=sales_led", "settled", "growth", "growth"),
        ("upsell_driven_revenue=False", "settled", "growth", "growth"),
    ]


def test_lifecycle_settled_and_open(write):
    book = write(LIFECYCLE, LIFECYCLE_FACTS)
    # Two rules say the same in every completion; the firmer one gives the modality.
    assert brief(consult(book, {"gtm_motion": "sales_led"}, "lifecycle_marketing")) == (
        "settled", "growth", "default", ["sales-led", "usual"])
    # Open on what is known, though with upsell known to be false it would be growth.
    answer = consult(book, {"gtm_motion": "hybrid", "freemium_product": True}, "lifecycle_marketing")
    assert brief(answer) == ("open", None, "may", ["both"])
    assert answer["options"] == {"growth", "product_marketing"}
    assert answer["matters"] == {"upsell_driven_revenue"}
    # The remark decides nothing; freemium is not known, so the presumption is not at work yet.
    assert brief(consult(book, {"gtm_motion": "hybrid"}, "lifecycle_marketing")) == (
        "provisional", "growth", "default", ["usual"])


def test_not_applicable_is_said_not_supposed(write):
    answer = consult(write(LIFECYCLE, LIFECYCLE_FACTS), {"current": "nobody"}, "lifecycle_marketing")
    assert brief(answer) == ("not_applicable", None, None, [])
    assert answer["options"] == answer["matters"] == set()
    # Any other place makes it apply; the motion is unknown, so the default is provisional.
    assert changes(answer)[0][1:] == ("provisional", "growth", "growth")


# ---- a derived fact ----------------------------------------------------------------------------------------

DERIVED_FACTS = LIFECYCLE_FACTS.replace("type: choice, values: {sales", "type: choice, derived: true, values: {sales"
                                        ) + MOTION_FACTS


def test_derived_fact_passes_on_its_answer(write):
    book = write(MOTION + LIFECYCLE, DERIVED_FACTS)
    # Sign-up is unknown, but without an easy product the motion is sales-led either way.
    profile = {"team": True, "long": True, "easy": False}
    assert brief(consult(book, profile, "gtm_motion"))[:2] == ("settled", "sales_led")
    assert brief(consult(book, profile, "lifecycle_marketing"))[:2] == ("settled", "growth")


def test_undetermined_derived_fact(write):
    book = write(MOTION + LIFECYCLE, DERIVED_FACTS)
    profile = {"team": True, "long": True, "freemium_product": True, "upsell_driven_revenue": True}
    motion = consult(book, profile, "gtm_motion")
    assert brief(motion) == ("undetermined", None, None, [])
    assert motion["matters"] == {"easy", "signup"}
    # Silent as soon as one half of each signal is known to be absent; self-serve takes both of its signals and
    # the absence of one of the others.
    assert changes(motion) == [
        ("easy=False", "settled", "sales_led", "sales_led"),
        ("easy=False long=False", "silent", None, ""),
        ("easy=False team=False", "silent", None, ""),
        ("easy=True long=False signup=True", "settled", "self_serve", "self_serve"),
        ("easy=True signup=True", "settled", "hybrid", "hybrid"),
        ("easy=True signup=True team=False", "settled", "self_serve", "self_serve"),
        ("long=False signup=False", "silent", None, ""),
        ("signup=False", "settled", "sales_led", "sales_led"),
        ("signup=False team=False", "silent", None, ""),
    ]
    # Sales-led or hybrid; the motion given outright reaches further in one step than its sources in two.
    lifecycle = consult(book, profile, "lifecycle_marketing")
    assert brief(lifecycle) == ("provisional", "growth", "default", ["usual"])
    assert lifecycle["matters"] == {"easy", "signup", "gtm_motion"}
    assert changes(lifecycle) == [
        ("gtm_motion=hybrid", "open", None, "growth/product_marketing"),
        ("gtm_motion=self_serve", "settled", "product_marketing", "product_marketing"),
    ]


def test_derived_fact_given_outright_wins(write):
    book = write(MOTION + LIFECYCLE, DERIVED_FACTS)
    out = oracle.consult(book, {"gtm_motion": "sales_led", "easy": True, "team": False})
    assert "gtm_motion" not in out["decisions"]
    answer = out["decisions"]["lifecycle_marketing"]
    assert brief(answer) == ("settled", "growth", "default", ["sales-led", "usual"])
    # One change of the motion is not enough: freemium is unknown, too. The sources play no part any more.
    assert {fact for change, *_ in answer["would_change"] for fact, _ in change} == {"gtm_motion", "freemium_product"}


# ---- statuses ----------------------------------------------------------------------------------------------

X = "\n  x: {type: yes_no}"


def test_completions_agree_by_different_rules(write):
    book = write(single([rule("one", "{x: true}"), rule("two", "{x: false}").replace("may", "info")]), X)
    answer = consult(book, {}, "d")
    assert brief(answer) == ("settled", "a", "info", ["one", "two"])
    assert answer["alternatives"] and not answer["matters"] and not answer["would_change"]


def test_silence(write):
    book = write(single([rule("one", "{x: true}"), rule("no", "{x: false}", "silent: true")]), X)
    assert brief(consult(book, {"x": False}, "d"))[:2] == ("silent", None)
    answer = consult(book, {"x": "unknown"}, "d")
    assert brief(answer)[:2] == ("undetermined", None)
    assert changes(answer) == [("x=False", "silent", None, ""), ("x=True", "settled", "a", "a")]
    # Where nothing stands in any completion, that is silence as well.
    book = write(single([rule("never", "{x: true, any: [{x: false}]}")]), X)
    assert brief(consult(book, {}, "d")) == ("silent", None, None, [])


def test_alternatives_add_options(write):
    also = "[{id: also, outcome: b, when: {x: true}}, {id: again, outcome: a}]"
    book = write(single([rule("one")], alternatives=also), X)
    assert consult(book, {"x": True}, "d")["options"] == {"a", "b"}
    answer = consult(book, {}, "d")
    # The outcome is the same throughout, the options are not.
    assert (answer["status"], answer["outcome"], answer["options"]) == ("provisional", "a", {"a"})
    assert changes(answer) == [("x=True", "settled", "a", "a/b")]


def test_an_overridden_rule_still_overrides(write):
    # c beats b, and b, though beaten, beats a: only c stands.
    book = write(single([rule("a"), rule("b", more="overrides: [a]"), rule("c", more="overrides: [b]")]), X)
    answer = consult(book, {"x": True}, "d")
    assert (answer["rules"], answer["overridden"]) == (["c"], {"a", "b"})


def test_conflicts_are_found_even_where_only_unknown_facts_make_them(write):
    # With x known one of the two is always blocked; with x unknown both stand.
    book = write(single([rule("one", more="unless: {x: true}"),
                         rule("two", conclusion="outcome: b", more="unless: {x: false}")]), X)
    assert oracle.first_conflict(book) == {}
    with pytest.raises(oracle.Conflict):
        oracle.consult(book, {})
    assert consult(book, {"x": True}, "d")["outcome"] == "b"
    assert oracle.first_conflict(write(LIFECYCLE, LIFECYCLE_FACTS)) is None


def test_results_are_values_for_other_decisions(write):
    first = single([rule("one", "{x: true}"), rule("two", "{x: false}", "open: [{outcome: a}, {outcome: b}]")])
    uses = """
    - id: e
      hit_policy: single
      rules:
        - {id: not-a, when: {d: {not: a}}, outcome: p, modality: may}
        - {id: is-a, when: {d: a}, outcome: q, modality: may}
    """
    book = write(first + textwrap.dedent(uses), X)
    assert consult(book, {"x": True}, "e")["outcome"] == "q"
    assert consult(book, {"x": False}, "e")["outcome"] == "p"  # `open` is known, and not a
    answer = consult(book, {}, "e")  # undetermined is unknown: neither a nor known to be something else
    assert (answer["status"], answer["matters"]) == ("undetermined", {"x"})


def test_too_many_completions_are_not_guessed(write):
    facts = "".join(f"\n  x{n}: {{type: yes_no}}" for n in range(14))
    book = write(single([rule("one", "{any: [" + ", ".join(f"{{x{n}: true}}" for n in range(14)) + "]}")]), facts)
    assert consult(book, {}, "d") is None
    assert consult(book, {f"x{n}": n == 0 for n in range(6)}, "d")["status"] == "settled"


# ---- facts -------------------------------------------------------------------------------------------------

def test_numbers_by_interval(write):
    facts = "\n  n: {type: number, min: 0, max: 9, integer: true}"
    book = write(single([rule("small", "{n: {below: 3}}"), rule("large", "{n: {at_least: 3}}", "outcome: b")]), facts)
    assert [consult(book, {"n": n}, "d")["outcome"] for n in (0, 2, 3, 9)] == ["a", "a", "b", "b"]
    assert consult(book, {"n": 2}, "d")["would_change"][0][2] == "b"
    # 0 to 9 falls into below 3 and the rest: one value for each.
    assert len(oracle.fillings(book, "n")) == 2
    # No integer lies between 2.5 and 3, nor above the maximum.
    book = write(single([rule("r", "{n: {above: 2.5, below: 3}}"), rule("s", "{n: {above: 9}}")]), facts)
    assert consult(book, {}, "d")["status"] == "silent"


def test_sets_and_their_values_only_if_stated(write):
    facts = "\n  s: {type: set, values: {p: P, q: Q, r: {label: R, only_if_stated: true}}}"
    book = write(single([rule("in", "{s: {includes: [p, r]}}"), rule("out", "{s: {excludes: p}}", "outcome: b",
                                                                    "overrides: [in]")]), facts)
    assert [consult(book, {"s": s}, "d")["outcome"] for s in ([], ["q"], ["p", "q"], ["r"])] == ["b", "b", "a", "b"]
    assert sorted(map(sorted, oracle.fillings(book, "s"))) == [[], ["p"]]
    assert changes(consult(book, {"s": ["q"]}, "d")) == [("s=frozenset({'p'})", "settled", "a", "a")]


def test_constraints_bind_completions_and_changes(write):
    facts = X + "\n  y: {type: yes_no}"
    never = "constraints: [{id: c, level: error, when: {x: true, y: true}}]"
    book = write(single([rule("one", "{x: true, y: true}"), rule("two", "{any: [{x: false}, {y: false}]}",
                                                                 "outcome: b")]), facts, never)
    answer = consult(book, {"x": True}, "d")
    assert (answer["status"], answer["outcome"], answer["would_change"]) == ("settled", "b", [])


def test_families(write):
    facts = "\n  at: {type: choice, for_each: teams, values: {in: I, out: O}}"
    book = write(single([rule("one", "{at.*: out}"), rule("two", "{at.one: in, at.two: in}", "outcome: b")]), facts,
                 "lists: {teams: {one: 1, two: 2}}")
    assert consult(book, {"at.one": "out"}, "d")["status"] == "settled"
    assert consult(book, {"at.one": "in"}, "d")["matters"] == {"at.two"}


RECORDS = """
  people: {type: records, fields: {job: {type: choice}, boss: {type: note}}}
  writer: {type: yes_no, answered_by: {people: {some: {job: writer}}}}
  led: {type: yes_no, answered_by: {people: {every: {boss: {not: nobody}}}}}
"""


@pytest.mark.parametrize("people, answered", [
    (None, {}),
    ([], {"writer": False}),
    ([{"job": "writer"}], {"writer": True}),
    ([{"job": "editor", "boss": "me"}], {"led": True}),  # there may be others, on no list
    ([{"job": "editor", "boss": "me"}, {"boss": None}], {}),
    ([{"boss": "nobody"}, {"job": "writer"}], {"writer": True, "led": False}),
])
def test_lists_of_records_answer_facts(write, people, answered):
    book = write(single([rule("one", "{writer: true, led: true}")]), RECORDS)
    assert oracle.known_facts(book, {"people": people}) == answered
    assert oracle.known_facts(book, {"people": people, "writer": False}) == {**answered, "writer": False}


# ---- findings ----------------------------------------------------------------------------------------------

FINDINGS = """
  - id: all
    kind: findings
    hit_policy: collect
    rules:
      - {id: strong, when: {x: true}, unless: {y: true}, finding: line, modality: must}
      - {id: weak, when: {any: [{x: true}, {z: true}]}, finding: line, modality: may}
      - {id: beats, when: {z: true}, finding: line, modality: info, overrides: [weak]}
"""


@pytest.mark.parametrize("profile, shown", [
    ({}, []),
    ({"x": True}, [("line", "strong", "to_check", "must")]),
    ({"x": True, "y": False}, [("line", "strong", "missing", "must")]),
    ({"x": True, "y": True}, [("line", "weak", "to_check", "may")]),  # no `unless`: nothing known to be missing
    ({"z": True}, [("line", "beats", "to_check", "info")]),
])
def test_findings(write, profile, shown):
    book = write(FINDINGS, X + "\n  y: {type: yes_no}\n  z: {type: yes_no}")
    assert oracle.consult(book, profile)["findings"] == shown


def test_what_matters_to_a_finding(write):
    book = write(FINDINGS, X + "\n  y: {type: yes_no}\n  z: {type: yes_no}")
    assert oracle.consult(book, {})["finding_matters"] == {"line": {"x", "y", "z"}}
    assert oracle.consult(book, {"x": False})["finding_matters"] == {"line": {"z"}}
    # y may still turn it into `missing`, or leave the weaker rules, between which z decides.
    assert oracle.consult(book, {"x": True})["finding_matters"] == {"line": {"y", "z"}}

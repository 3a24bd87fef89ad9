"""The DMN that is exported: read by dmn.io's parser, and executed by the engine of Apache KIE and by feelin."""
import contextlib
import http.client
import json
import platform
import random
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import needs, npm
from dottedline.exports.dmn import tables_dmn
from dottedline.exports.tables import tables_of
from exported import (
    BOOKS,
    consulted,
    contradictions,
    exported,
    impossible,
    load,
    nested,
    random_book,
    tried,
)

HERE = Path(__file__).parent
COLLECTED = ("contradictions", "impossible")
READERS = ("dmn-moddle@12.2.1", "feelin@8.2.0")
#: The engine of Drools, jBPM and Kogito, compiled for this processor, as its makers put it on npm.
KIE = "@kie-tools/jitexecutor-native@999.0.0-20240505-SNAPSHOT"


def whole(tables, profile):
    """A profile as an engine of DMN wants it: every input is there, null where it is unknown."""
    families = {id.partition(".")[0] for id in tables["facts"] if "." in id}
    top = [id for id in tables["facts"] if "." not in id]
    return {**dict.fromkeys(top), **{family: {} for family in families}, **nested(profile)}


def agrees(given, profile, said, broken):
    """Hold the results of a model's decisions, by name, against what `consult` says."""
    assert sorted(set(given.get("contradictions", []))) == sorted(broken), profile
    assert given.get("impossible", []) == [], profile
    if said is None:
        return
    for kind, prefix in (("decisions", ""), ("derived", "derived_")):
        for id, advice in said[kind].items():
            assert given[prefix + id] == advice, (id, profile)
    for id, found in said["findings"].items():
        there = given[f"finding_{id}"]
        assert (there if there["state"] else None) == found, (id, profile)


# --- dmn-moddle and feelin ------------------------------------------------------------

def read_by_node(tmp_path, jobs):
    """What dmn-moddle and feelin make of models: [(text, tables, profiles), ...]."""
    folder = Path(npm("dmn", *READERS))
    shutil.copy(HERE / "node" / "dmn_tables.mjs", folder)
    for n, (text, _, _) in enumerate(jobs):
        (tmp_path / f"{n}.dmn").write_text(text, "utf-8")
    told = [{"model": str(tmp_path / f"{n}.dmn"), "profiles": [whole(tables, profile) for profile in profiles]}
            for n, (_, tables, profiles) in enumerate(jobs)]
    (tmp_path / "jobs.json").write_text(json.dumps(told))
    done = subprocess.run(["node", "--max-old-space-size=3000", folder / "dmn_tables.mjs", tmp_path / "jobs.json"],
                          capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def check_read(told, cases, broken):
    policies = dict(told["decisions"])
    assert told["warnings"] == []
    assert told["shapes"] > len(policies)
    for (profile, said), given in zip(cases, told["profiles"], strict=True):
        for name, hits in given.items():
            assert policies[name] == ("COLLECT" if name in COLLECTED else "UNIQUE")
            if said is not None and name not in COLLECTED:
                assert len(hits) == 1, (name, profile)
        one = {name: hits if name in COLLECTED else hits and hits[0] for name, hits in given.items()}
        agrees(one, profile, said, broken(profile))


@pytest.mark.slow
@pytest.mark.parametrize("book", BOOKS)
def test_dmn_io(book, tmp_path):
    """The modeller's own parser has nothing to warn of; its FEEL gives what `consult` says, and one row fits."""
    cases, tables = tried(book)[::3], exported(book)
    [told] = read_by_node(tmp_path, [(tables_dmn(tables_of(load(book))), tables, [profile for profile, _ in cases])])
    check_read(told, cases, lambda profile: contradictions(tables, profile))


def random_books(examples):
    """Random rulebooks: the DMN of each, its tables, and profiles with what `consult` says of them."""
    found = []

    @settings(max_examples=examples)
    @given(st.data())
    def draw(data):
        with random_book(data) as (book, tables, cases):
            found.append((tables_dmn(tables_of(book)), tables, cases))

    draw()
    return found


@pytest.mark.slow
def test_dmn_io_on_random_rulebooks(tmp_path):
    books = random_books(15)
    told = read_by_node(tmp_path, [(text, tables, [profile for profile, _ in cases]) for text, tables, cases in books])
    for given, (_, tables, cases) in zip(told, books, strict=True):
        check_read(given, cases, lambda profile, tables=tables: contradictions(tables, profile))


# --- Apache KIE -----------------------------------------------------------------------

class Kie:
    """The engine as a program that listens on this machine alone."""

    def __init__(self, port):
        self.port = port

    def post(self, path, body, timeout=200):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
            assert answer.status == 200, text[-2000:]
            return json.loads(text)

    def evaluate(self, context, *models):
        """What the first of some models gives; the others are those that it imports."""
        resources = [{"URI": f"{n}.dmn", "content": text} for n, text in enumerate(models)]
        answer = self.post("/jitdmn/dmnresult", {"mainURI": "0.dmn", "resources": resources, "context": context})
        # That no rule matched is a warning, and right where facts contradict each other.
        wrong = [message for message in answer["messages"] if "No rule matched" not in message["message"]]
        assert wrong == []
        return {result["decisionName"]: result["result"] for result in answer["decisionResults"]}

    def each(self, text, contexts):
        """What every decision of a model gives for each of many contexts, in one call."""
        model = ET.fromstring(text)
        space = "{" + MODEL + "}"
        inputs = [element.get("name") for element in model.iter(f"{space}inputData")]
        decisions = [element.get("name") for element in model.iter(f"{space}decision")]
        service = ["<decisionService id='service' name='service'><variable name='service'/>"]
        service += [f"<outputDecision href='#{name}'/>" for name in decisions]
        service += [f"<inputData href='#input.{name}'/>" for name in inputs]
        place = text.index("<dmndi:DMNDI>")
        served = text[:place] + "".join(service) + "</decisionService>" + text[place:]
        [result] = self.evaluate({"profiles": contexts}, ALL.format(
            namespace=model.get("namespace"), model=MODEL,
            arguments=", ".join(f"{name}: p.{name}" for name in inputs)), served).values()
        # A service with one result gives that, and not a context of results.
        return result if len(decisions) > 1 else [{decisions[0]: gives} for gives in result]


MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
ALL = """<definitions xmlns="{model}" id="all" name="all" namespace="urn:all"
  expressionLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/">
 <import name="m" namespace="{namespace}" importType="{model}"/>
 <inputData id="profiles" name="profiles"><variable name="profiles"/></inputData>
 <decision id="results" name="results"><variable name="results"/>
  <informationRequirement id="i"><requiredInput href="#profiles"/></informationRequirement>
  <knowledgeRequirement id="k"><requiredKnowledge href="{namespace}#service"/></knowledgeRequirement>
  <literalExpression id="l"><text>for p in profiles return m.service({arguments})</text></literalExpression>
 </decision>
</definitions>"""


@pytest.fixture(scope="session")
def kie():
    if sys.platform != "linux" or platform.machine() != "x86_64":
        needs("node", "the engine of KIE is to be had for Linux on x86-64 only")
    program = Path(npm("kie", KIE)) / "node_modules" / KIE.rpartition("@")[0] / "dist" / "linux" / "jitexecutor"
    program.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "-Xmx2g", "-Dquarkus.http.host=127.0.0.1", f"-Dquarkus.http.port={port}",
               "-Dquarkus.http.limits.max-body-size=100M"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < until and process.poll() is None, "the engine of KIE does not start"
                time.sleep(0.1)
        yield Kie(port)
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.slow
def test_kie_finds_nothing_wrong(kie):
    text = tables_dmn(tables_of(load("b2b_marketing"), ["bdr", "lifecycle_marketing", "ux_writing", "design_dotted_line"]))
    said = kie.post("/jitdmn/validate", {"mainURI": "m", "resources": [{"URI": "m", "content": text}]})
    assert [message for message in said if message["level"] == "ERROR"] == []
    # What is left are columns of which it cannot tell whether rows overlap, since null stands in them.
    assert {message["messageType"] for message in said} <= {
        "DECISION_TABLE_ANALYSIS_ERROR", "DECISION_TABLE_GAP", "DECISION_TABLE_2NDNFVIOLATION"}


#: The engine takes ten seconds to compile tables of thousands of rows.
@pytest.mark.slow
@pytest.mark.parametrize("most", [300, 10**9])
@pytest.mark.parametrize("book", BOOKS)
def test_kie(kie, book, most):
    tables = exported(book)
    small = [id for kind in ("decisions", "derived", "findings") for id, table in tables[kind].items()
             if len(table["rows"]) < most]
    cases = random.Random(3).sample(tried(book), 250)
    given = kie.each(tables_dmn(tables_of(load(book), small)), [whole(tables, profile) for profile, _ in cases])
    for (profile, said), results in zip(cases, given, strict=True):
        for kind in ("decisions", "derived", "findings") if said else ():
            said = {**said, kind: {id: gives for id, gives in said[kind].items() if id in small}}
        agrees(results, profile, said, contradictions(tables, profile))


@pytest.mark.parametrize("book", BOOKS)
def test_values_that_cannot_be(kie, book, tmp_path):
    tables = exported(book)
    cases = list(impossible(tables))
    text = tables_dmn(tables_of(load(book), [next(iter(tables["decisions"]))]))
    facts = {fact.id for fact in tables_of(load(book), [next(iter(tables["decisions"]))]).facts}
    cases = [(id, profile) for id, profile in cases if id in facts]
    assert cases
    contexts = [whole(tables, profile) for _, profile in cases]
    for (id, profile), given in zip(cases, kie.each(text, contexts), strict=True):
        assert given["impossible"] == [id], profile
    [told] = read_by_node(tmp_path, [(text, tables, [profile for _, profile in cases])])
    for (id, profile), given in zip(cases, told["profiles"], strict=True):
        assert given["impossible"] == [id], profile


@pytest.mark.slow
def test_kie_on_random_rulebooks(kie):
    for text, tables, cases in random_books(10):
        if cases and tables["facts"]:
            given = kie.each(text, [whole(tables, profile) for profile, _ in cases])
            for (profile, said), results in zip(cases, given, strict=True):
                agrees(results, profile, said, contradictions(tables, profile))


@pytest.mark.slow
def test_kie_where_few_facts_can_be_known(kie):
    """Decisions that then ask for nothing have no table."""
    book, facts = load("b2b_marketing"), ["gtm_motion", "freemium_product"]
    tables = tables_of(book, facts=facts)
    profiles = [{}, {"gtm_motion": "hybrid"}, {"gtm_motion": "self_serve", "freemium_product": True}]
    contexts = [{**dict.fromkeys(facts), **profile} for profile in profiles]
    for profile, given in zip(profiles, kie.each(tables_dmn(tables), contexts), strict=True):
        agrees(given, profile, consulted(book, profile), [])

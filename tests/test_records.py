"""The decision record: nothing that was answered is lost or changed, and running it again tells what differs."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

import dottedline
from dottedline import schemas
from dottedline.cli import main
from dottedline.loading import data_folder
from dottedline.records.lines import Line, facts_sha256
from dottedline.records.reading import LONGEST, Record, Unreadable, records
from dottedline.records.recorder import Recorder
from dottedline.records.replaying import Differs, NotRun, Same, replay

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from companies import companies

BOOK = dottedline.load()
FLEET = str(data_folder("facts") / "b2b_marketing" / "examples" / "fleet_2026.yaml")
SECONDS = 60


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def recorded(path: Path, *profiles: dict[str, object], hashed: bool = False) -> None:
    recorder = Recorder(path)
    for facts in profiles:
        recorder.append(Line(BOOK, BOOK.consult(facts), "consult", hashed=hashed).now()[1])
    recorder.close()


def found(path: Path) -> list[Record | Unreadable]:
    return list(records(path))


# --- what is kept ----------------------------------------------------------------------------


def test_a_line_tells_who_said_what_when_and_why(tmp_path: Path) -> None:
    path = tmp_path / "record"
    before = time.time()
    facts = {"gtm_motion": "self_serve", "freemium_product": True, "current": {"bdr": "sales"}}
    recorded(path, facts)
    [line] = path.read_text().splitlines()
    kept = json.loads(line)
    assert kept["rulebook"] == BOOK.consult({}).rulebook.to_dict()
    assert kept["program"] == dottedline.__version__
    assert kept["facts"] == {"gtm_motion": "self_serve", "freemium_product": True, "current.bdr": "sales"}
    assert before - 1 < time.mktime(time.strptime(kept["time"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone < before + 60
    answer = BOOK.consult(facts)
    for id, decision in answer.decisions.items():
        assert kept["decisions"][id] == {
            "status": decision.status,
            "outcome": decision.outcome,
            "options": [option.outcome for option in decision.options],
            "modality": decision.modality,
            "rules": list(decision.rules),
        }
    assert kept["findings"].keys() == {finding.id for finding in answer.findings}


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    recorded(tmp_path / "record", {})
    assert stat.S_IMODE((tmp_path / "record").stat().st_mode) == 0o600


def test_each_has_an_id_of_its_own(tmp_path: Path) -> None:
    line = Line(BOOK, BOOK.consult({}), "consult")
    assert len({line.now()[0] for _ in range(100)}) == 100
    id, data = line.now()
    assert json.loads(data)["id"] == id


def test_of_facts_only_the_hash(tmp_path: Path) -> None:
    path = tmp_path / "record"
    recorded(path, {"content_team_size": 7, "gtm_motion": "hybrid"}, hashed=True)
    kept = json.loads(path.read_text())
    assert "facts" not in kept
    assert kept["facts_sha256"] == facts_sha256({"gtm_motion": "hybrid", "content_team_size": 7})
    assert "hybrid" not in json.dumps(kept["facts_sha256"])


# --- run again -------------------------------------------------------------------------------


def test_a_day_of_traffic_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "record"
    recorded(path, *companies(BOOK, 60, seed=5), {"contractors": [{"function": "design", "kind": "agency"}]})
    again = list(replay(BOOK, records(path)))
    assert len(again) == 61
    assert all(isinstance(one, Same) for one in again)
    done = run("replay", str(path))
    assert (done.exit_code, done.stdout) == (0, "61 answers are the same.\n")


def test_topics_and_without_inferred(tmp_path: Path) -> None:
    path = str(tmp_path / "record")
    for words in (["--topics", "design,bdr_two_sides"], ["--no-inferred"], ["--lang", "id"], ["--format", "json"]):
        assert run("consult", FLEET, "--record", path, *words).exit_code == 0
    assert run("consult", "--together", FLEET, FLEET, "--record", path).exit_code == 0
    done = run("replay", path, "--format", "json")
    assert json.loads(done.stdout) == {
        "rulebook": {"id": BOOK.id, "version": BOOK.version, "sha256": BOOK.sha256},
        "same": 5,
        "differ": [],
        "not_run": [],
    }


#: Every command that advises one company.
COMMANDS = {
    "consult": "consult PROFILE --brief",
    "explain": "explain PROFILE design",
    "why_not": "explain PROFILE design --why-not brand",
    "whatif": "whatif PROFILE gtm_motion=hybrid",
    "compare": "compare PROFILE",
    "matrix": "matrix PROFILE",
    "chart": "chart PROFILE",
    "memo": "memo PROFILE",
}


@pytest.mark.parametrize("operation", COMMANDS)
def test_each_command_records_what_it_says(operation: str, tmp_path: Path) -> None:
    words = COMMANDS[operation].replace("PROFILE", FLEET).split()
    path = tmp_path / "record"
    plain, recording = run(*words), run(*words, "--record", str(path))
    assert (recording.exit_code, recording.stdout) == (0, plain.stdout)
    kept = json.loads(path.read_text())
    assert kept["operation"] == operation
    assert kept["facts"]["gtm_motion"] == "hybrid"
    assert run("replay", str(path)).stdout == "1 answer is the same.\n"


def changed_book(folder: Path) -> str:
    """The shipped rulebook with a rule that is called otherwise and gives another outcome."""
    for kind in ("rules", "facts"):
        shutil.copytree(data_folder(kind) / "b2b_marketing", folder / kind / "b2b_marketing")
    for path in (folder / "rules" / "b2b_marketing").glob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("enablement-default", "enablement-first")
        before, rule, after = text.partition("- id: enablement-first\n")
        after = after.replace("outcome: product_marketing", "outcome: content", 1) if rule else after
        path.write_text(before + rule + after, encoding="utf-8")
    return str(folder / "rules" / "b2b_marketing")


def test_another_rulebook_is_told_with_what_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "record"
    recorded(path, {}, {"current": {"bdr": "nobody"}})
    book = changed_book(tmp_path / "changed")
    done = run("replay", str(path), "--rules", book, "--format", "json")
    assert done.exit_code == 4, done.output
    told = json.loads(done.stdout)
    jsonschema.Draft202012Validator(schemas.load("replay")).validate(told)
    assert (told["same"], len(told["differ"]), told["not_run"]) == (0, 2, [])
    [first, _second] = told["differ"]
    assert first["other_rulebook"] is True
    assert first["other_program"] is False
    assert first["rulebook"]["sha256"] == BOOK.sha256 != told["rulebook"]["sha256"]
    [change] = [change for change in first["changes"] if change["id"] == "sales_enablement"]
    assert change["was"]["rules"] == ["enablement-default"]
    assert change["now"]["rules"] == ["enablement-first"]
    assert {"outcome", "rules"} <= set(change["differs"])
    shown = " ".join(run("replay", str(path), "--rules", book).stdout.split())
    assert "since then, the rulebook has changed" in shown
    assert "outcome: product_marketing, now content" in shown
    assert "rules: enablement-default, now enablement-first" in shown


def altered(path: Path, **keys: object) -> None:
    """Writes a record with some keys otherwise."""
    kept = json.loads(path.read_text().splitlines()[0])
    path.write_text(json.dumps(kept | keys) + "\n")


def test_neither_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "record"
    recorded(path, {})
    kept = json.loads(path.read_text())
    kept["decisions"]["design"]["outcome"] = "product"
    del kept["decisions"]["bdr"]
    kept["findings"]["gone"] = {"state": "missing", "modality": "should", "rules": ["x"]}
    altered(path, decisions=kept["decisions"], findings=kept["findings"])
    [one] = replay(BOOK, records(path))
    assert isinstance(one, Differs)
    assert not (one.other_rulebook or one.other_program or one.refused)
    assert {(c.kind, c.id): (c.was is None, c.now is None) for c in one.changes} == {
        ("decisions", "design"): (False, False),
        ("decisions", "bdr"): (True, False),
        ("findings", "gone"): (False, True),
    }
    told = run("replay", str(path))
    assert told.exit_code == 4
    for words in ("neither the rulebook nor the program has changed", "design: outcome: product, now brand", "bdr is new", "gone is gone; it was missing, should, x"):
        assert words in " ".join(told.stdout.split())


def test_facts_that_are_refused_today(tmp_path: Path) -> None:
    path = tmp_path / "record"
    recorded(path, {})
    altered(path, facts={"moons": 3})
    [one] = replay(BOOK, records(path))
    assert isinstance(one, Differs)
    assert one.refused == "there is no fact `moons`"
    altered(path, facts={}, topics=["moons"])
    [one] = replay(BOOK, records(path))
    assert isinstance(one, Differs)
    assert "moons" in one.refused
    assert "today the facts are refused" in run("replay", str(path)).stdout


# --- lines that are none ------------------------------------------------------------------------

#: What is done to the text of one record, and what is told of it.
WRONG: dict[str, tuple[Any, str]] = {
    "torn": (lambda line: line[:100], "it is torn: the program that wrote it was ended, or is writing it"),
    "torn, ended": (lambda line: line[:100] + b"\n", "it is torn, or no record"),
    "garbage": (lambda line: b"\x00\xff\n", "it is torn, or no record"),
    "deep": (lambda line: b"[" * 100_000 + b"\n", "it is torn, or no record"),
    "long": (lambda line: b'"' + b"x" * (LONGEST + 100) + b'"\n', "it is torn, or no record"),
    "list": (lambda line: b"[]\n", "it is no record"),
    "object": (lambda line: b"{}\n", "it is no record"),
    "later": (lambda line: line.replace(b'"record":1', b'"record":2'), "it is of a later form than this program reads"),
    "no id": (lambda line: line.replace(b'"id":', b'"di":'), "it lacks `id`"),
    "no facts": (lambda line: line.replace(b'"facts":', b'"fact":'), "it lacks `facts`"),
    "no results": (lambda line: line.replace(b'"decisions":', b'"decision":'), "it lacks `decisions`"),
    "odd results": (lambda line: b'{"decisions":{"x":1},' + line[1:].replace(b'"decisions"', b'"d"'), "it is no record"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_line_that_is_no_record(case: str, tmp_path: Path) -> None:
    change, reason = WRONG[case]
    path = tmp_path / "record"
    recorded(path, {}, {"gtm_motion": "hybrid"})
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second + change(second))
    same, again, wrong = replay(BOOK, records(path))
    assert (type(same), type(again)) == (Same, Same)
    assert wrong == NotRun(3, reason)
    done = run("replay", str(path))
    assert done.exit_code == 3
    assert f"line 3 was not run: {reason}" in " ".join(done.stdout.split())
    assert done.stdout.endswith("2 answers are the same, 1 line was not run.\n")


def test_lines_that_are_not_run(tmp_path: Path) -> None:
    path = tmp_path / "record"
    recorded(path, {}, hashed=True)
    recorded(path, {})
    text = path.read_text()
    path.write_text(text + "\n" + text.splitlines()[1].replace('"id":"b2b_marketing"', '"id":"other"') + "\n")
    told = [one for one in replay(BOOK, records(path)) if isinstance(one, NotRun)]
    assert told == [
        NotRun(1, "only the hash of its facts was kept"),
        NotRun(4, "it is an answer of the rulebook `other`; `--rules` names the rulebook to run"),
    ]


def test_no_file() -> None:
    done = run("replay", "no_such_file")
    assert (done.exit_code, done.stderr) == (1, "error: `no_such_file`: no such file or directory\n")


# --- writers that are killed, and several of them -------------------------------------------------


def child(body: str, *words: str) -> subprocess.Popen[bytes]:
    """Runs Python beside; it has `recorder` on the file named first, and `line(n)`."""
    script = f"""
import json, os, signal, sys, time
from dottedline.records.recorder import Recorder
recorder = Recorder(sys.argv[1])
def line(n): return (json.dumps({{"record": 0, "n": n, "pid": os.getpid(), "text": "x" * 5000}}) + "\\n").encode()
{body}
"""
    return subprocess.Popen([sys.executable, "-c", script, *words], stdout=subprocess.PIPE, stdin=subprocess.PIPE)


def test_killed_in_the_middle_of_a_write(tmp_path: Path) -> None:
    """Half of a line is written when the writer is killed, again and again, with whole lines between."""
    path = tmp_path / "record"
    half = """
write = os.write
def torn(file, data):
    write(file, data[:len(data) // 2])
    os.kill(os.getpid(), signal.SIGKILL)
os.write = torn
recorder.append(line(1))
"""
    recorded(path, {})
    for _ in range(3):
        assert child(half, str(path)).wait(SECONDS) == -signal.SIGKILL
        recorded(path, {})
    assert child(half, str(path)).wait(SECONDS) == -signal.SIGKILL
    again = list(replay(BOOK, records(path)))
    assert [type(one) for one in again] == [Same, NotRun] * 4
    assert [one.line for one in again if isinstance(one, NotRun)] == [2, 4, 6, 8]


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """What a writer says that it has written is there whole, whenever it is killed."""
    path = tmp_path / "record"
    body = """
for n in range(100_000):
    recorder.append(line(n))
    os.write(1, b"%d\\n" % n)
"""
    written = []
    for number in range(4):
        writers = [child(body, str(path)) for _ in range(2)]
        for writer in writers:
            assert writer.stdout is not None
            writer.stdout.readline()
        time.sleep(0.05 * (number + 1))
        for writer in writers:
            writer.kill()
            said, _ = writer.communicate(timeout=SECONDS)
            written += [(writer.pid, 0), *((writer.pid, int(n)) for n in said.split(b"\n")[:-1] if n)]
    lines = path.read_bytes().split(b"\n")
    whole, torn = [], 0
    for text in filter(None, lines):
        try:
            kept = json.loads(text)
            whole.append((kept["pid"], kept["n"]))
        except ValueError:
            torn += 1
    assert set(written) <= set(whole)
    assert len(whole) == len(set(whole))
    assert torn <= 8
    assert len(written) > 8


def test_several_writers(tmp_path: Path) -> None:
    path = tmp_path / "record"
    writers = [child("for n in range(150): recorder.append(line(n))", str(path)) for _ in range(4)]
    assert [writer.wait(SECONDS) for writer in writers] == [0] * 4
    kept = [json.loads(text) for text in path.read_bytes().splitlines()]
    assert sorted((one["pid"], one["n"]) for one in kept) == sorted((w.pid, n) for w in writers for n in range(150))


def test_children_of_one_process_do_not_share_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "record"
    body = """
children = []
for _ in range(4):
    pid = os.fork()
    if not pid:
        for n in range(100): recorder.append(line(n))
        os._exit(0)
    children.append(pid)
sys.exit(max(os.waitpid(pid, 0)[1] for pid in children))
"""
    assert child(body, str(path)).wait(SECONDS) == 0
    assert len([json.loads(text) for text in path.read_bytes().splitlines()]) == 400


def test_threads(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    recorder = Recorder(tmp_path / "record")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: recorder.append(b'{"n": %d}\n' % n), range(400)))
    assert {json.loads(text)["n"] for text in (tmp_path / "record").read_bytes().splitlines()} == set(range(400))


def test_somebody_keeps_it_locked(tmp_path: Path) -> None:
    path = tmp_path / "record"
    recorded(path, {})
    body = """
import fcntl
fcntl.lockf(recorder._file, fcntl.LOCK_EX)
os.write(1, b"locked\\n")
sys.stdin.read()
"""
    holder = child(body, str(path))
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"locked\n"
    recorder = Recorder(path)
    try:
        with pytest.raises(TimeoutError) as caught:
            recorder.append(b"{}\n", patience=0.05)
        assert caught.value.filename == str(path)
    finally:
        holder.communicate(timeout=SECONDS)
    recorder.append(b"{}\n")
    assert len(found(path)) == 2


def test_the_disk_is_full(tmp_path: Path) -> None:
    """What cannot be written whole is not answered, and does not spoil what comes after."""
    path = tmp_path / "record"
    recorded(path, {})
    size = path.stat().st_size

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))

    command = [sys.executable, "-m", "dottedline.cli", "consult", FLEET, "--record", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=little_room, timeout=SECONDS)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: `{path}`: {os.strerror(errno.ENOSPC).lower()}\n"
    recorded(path, {})
    assert [type(one) for one in replay(BOOK, records(path))] == [Same, NotRun, Same]


def test_moved_away_as_logs_are(tmp_path: Path) -> None:
    path = tmp_path / "record"
    recorder = Recorder(path)
    recorder.append(b'{"n":1}\n')
    path.rename(tmp_path / "record.1")
    recorder.append(b'{"n":2}\n')
    path.unlink()
    recorder.append(b'{"n":3}\n')
    assert (tmp_path / "record.1").read_bytes() == b'{"n":1}\n'
    assert path.read_bytes() == b'{"n":3}\n'


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    """A record is read again, at the latest by who writes the next line."""
    os.mkfifo(tmp_path / "pipe")
    done = run("consult", FLEET, "--record", str(tmp_path / "pipe"))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"error: `{tmp_path}/pipe`: it is no file that can be read again\n"


def test_options(tmp_path: Path) -> None:
    done = run("consult", FLEET, "--record-hash")
    assert done.exit_code == 2
    assert "--record-hash goes with --record" in done.stderr
    path = str(tmp_path / "record")
    assert run("consult", FLEET, "--record", path, "--record-hash").exit_code == 0
    assert run("replay", path).exit_code == 3

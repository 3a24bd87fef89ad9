"""The command: what it prints, how it ends, and the interview in a terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pexpect
import pytest
from click.testing import CliRunner, Result

import dottedline
from dottedline.cli import main

ROOT = Path(__file__).parents[1]
SMALL = str(ROOT / "tests" / "good" / "book" / "rules" / "book")
ASKING = str(ROOT / "tests" / "good" / "interview" / "rules" / "interview")
FLEET = str(ROOT / "facts" / "b2b_marketing" / "examples" / "fleet_2024.yaml")
ENV = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(
        filter(None, [str(Path(dottedline.__file__).parents[1]), os.getenv("PYTHONPATH")])
    ),
    "PYTHONIOENCODING": "utf-8",
    "COLUMNS": "80",
    "TERM": "dumb",
}
COMMAND = [sys.executable, "-m", "dottedline.cli"]


def run(*arguments: str, input: str | bytes | None = None) -> Result:
    """The command in this process."""
    return CliRunner().invoke(main, arguments, input=input, catch_exceptions=False)


def start(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, without a terminal."""
    options = {"stdin": subprocess.DEVNULL, "capture_output": True, **options}
    return subprocess.run([*COMMAND, *arguments], env=ENV, text=True, timeout=60, **options)


# --- consult ----------------------------------------------------------------------------------


def test_consult_text() -> None:
    done = run("consult", FLEET)
    assert done.exit_code == 0 and not done.stderr
    assert done.stdout.startswith("How to structure a B2B marketing department\n")
    said = next(statement.text for statement in dottedline.load().data.statements if statement.show == "always")
    assert "Lifecycle marketing" in done.stdout and said in " ".join(done.stdout.split())
    assert "\x1b" not in done.stdout, "no colours where no terminal is"


def test_consult_json() -> None:
    done = run("consult", FLEET, "--format", "json")
    answer = json.loads(done.stdout)
    jsonschema.validate(answer, json.loads(run("schema").stdout))
    assert answer == json.loads(
        json.dumps(dottedline.load().consult(dottedline.load().read_profile(FLEET)).to_dict())
    )


def test_consult_markdown() -> None:
    told = run("consult", FLEET, "--format", "markdown").stdout
    assert told.startswith("# How to structure a B2B marketing department\n\n")
    assert "\n## " in told


@pytest.mark.parametrize("form", [["--brief"], [], ["--format", "markdown"]])
def test_what_is_inferred_is_marked_however_short(form: list[str]) -> None:
    inferred = [finding for finding in dottedline.load().consult({"current": {"design": "product"}}).findings if finding.inferred]
    assert inferred
    for finding in inferred:
        told = " ".join(run("consult", "-", *form, "--topics", finding.id, input="current: {design: product}\n").stdout.split())
        assert re.search(re.escape(finding.text) + r".*our inference", told), told


def test_consult_brief_is_short() -> None:
    told = run("consult", FLEET, "--brief").stdout
    assert "Lifecycle marketing" in told
    assert len(told.splitlines()) < len(run("consult", FLEET).stdout.splitlines()) / 2


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_charters_are_told_on_request(form: str) -> None:
    mission = dottedline.load().data.teams[0].mission.split()[0]
    assert "Responsible for" not in run("consult", FLEET, "--format", form).stdout
    charters = run("consult", FLEET, "--format", form, "--charters").stdout
    assert "Responsible for" in charters and mission in charters


def test_what_is_inferred_can_be_left_out(tmp_path: Path) -> None:
    profile = tmp_path / "company.yaml"
    profile.write_text("current: {design: product}\n")
    answer = json.loads(run("consult", str(profile), "--format", "json").stdout)
    assert "design_dotted_line" in [finding["id"] for finding in answer["findings"] if finding["inferred"]]
    answer = json.loads(run("consult", str(profile), "--format", "json", "--no-inferred").stdout)
    assert not [finding for finding in answer["findings"] if finding["inferred"]]
    assert not [id for id, decision in answer["decisions"].items() if decision["inferred"]]


def test_another_rulebook() -> None:
    answer = json.loads(
        run("consult", "-", "--rules", SMALL, "--format", "json", input="sales_team: yes").stdout
    )
    assert answer["rulebook"]["id"] == "book"
    assert answer["derived"]["motion"]["outcome"] == "sales_led"


def test_profile_from_standard_input_is_yaml_or_json() -> None:
    yaml = run("consult", "-", "--format", "json", input="gtm_motion: self_serve\nfreemium_product: yes\n")
    same = run(
        "consult", "-", "--format", "json", input='{"gtm_motion": "self_serve", "freemium_product": true}'
    )
    assert yaml.stdout == same.stdout
    assert json.loads(yaml.stdout)["decisions"]["lifecycle_marketing"]["outcome"] == "product_marketing"


def test_notes_name_facts_in_words(tmp_path: Path) -> None:
    profile = tmp_path / "company.yaml"
    profile.write_text("gtm_motion: sales_led\nrelies_on_sales_team: no\n")
    label = dottedline.load().vocabulary.facts["gtm_motion"].label
    assert f"“{label}” is given as" in " ".join(run("consult", str(profile)).stdout.split())


def test_brackets_are_no_markup(tmp_path: Path) -> None:
    """What a rulebook says is shown as it stands, also where rich would take it for a style."""
    rules = (Path(SMALL) / "book.yaml").read_text().replace("label: Brand,", 'label: "[/b] [red]Brand", ')
    for kind, text in (
        ("rules", rules),
        ("facts", (ROOT / "tests/good/book/facts/book/book.yaml").read_text()),
    ):
        (tmp_path / kind / "book").mkdir(parents=True)
        (tmp_path / kind / "book" / "book.yaml").write_text(text)
    for form in ([], ["--brief"], ["--format", "markdown"]):
        done = run("consult", "-", "--rules", str(tmp_path / "rules" / "book"), *form, input="{}")
        assert "[/b] [red]Brand" in done.stdout.replace("\\", "")


# --- explain ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lifecycle_marketing", "gtm_motion", "gtm_first", "contractors"])
@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_explain(name: str, form: str) -> None:
    known = dottedline.load()
    if name == "contractors":
        name = next(id for id, decision in known.data.decisions.items() if decision.hit_policy == "collect")
    told = run("explain", FLEET, name, "--format", form).stdout
    if form == "json":
        assert json.loads(told) == json.loads(
            json.dumps(known.explain(known.read_profile(FLEET), name).to_dict())
        )
    else:
        assert "What the source says" in told
        assert ("## " in told) == (form == "markdown")


def test_explain_without_what_is_inferred() -> None:
    told = json.loads(run("explain", FLEET, "design_dotted_line", "--format", "json").stdout)
    assert any(rule["inferred"] for rule in told["rules"])
    done = run("explain", FLEET, "design_dotted_line", "--format", "json", "--no-inferred")
    assert done.exit_code == 2 or not any(rule["inferred"] for rule in json.loads(done.stdout)["rules"])


@pytest.mark.parametrize(
    ("name", "hint"),
    [("lifecycle_marketting", "did you mean `lifecycle_marketing`?"), ("lifecycle", "did you mean `lifecycle_marketing`?"),
     ("xyz", "they are: ")],
)  # fmt: skip
def test_explain_of_nothing_known(name: str, hint: str) -> None:
    done = run("explain", FLEET, name)
    assert done.exit_code == 2 and not done.stdout
    assert f"there is no decision or finding `{name}`; {hint}" in " ".join(done.stderr.split())


def test_explain_with_a_bad_profile() -> None:
    assert run("explain", "nowhere.yaml", "lifecycle_marketing").exit_code == 1


# --- facts, schema, completion, version, help ---------------------------------------------------


def test_facts() -> None:
    told = run("facts").stdout
    for name in ("gtm_motion", "current.*", "contractors"):
        assert name in told


def test_some_facts() -> None:
    told = run("facts", "gtm_motion", "marketing_headcount").stdout
    assert "gtm_motion" in told and "marketing_headcount" in told and "freemium" not in told


def test_facts_of_a_family_as_json() -> None:
    told = json.loads(run("facts", "current", "--format", "json").stdout)
    assert {fact["family"] for fact in told} == {"current"}
    assert "current.bdr" in [fact["id"] for fact in told]
    assert all(fact["question"] and fact["why"] and "{item}" not in fact["question"] for fact in told)


def test_unknown_facts_are_refused() -> None:
    done = run("facts", "gtm_motoin")
    assert done.exit_code == 2
    assert "there is no fact `gtm_motoin`; did you mean `gtm_motion`?" in " ".join(done.stderr.split())


def test_blank_profile_consults_as_nothing_known() -> None:
    blank = run("facts", "--format", "yaml").stdout
    assert set(dottedline.load().vocabulary.facts) == {
        line.partition(":")[0] for line in blank.splitlines() if line and not line.startswith("#")
    }
    done = run("consult", "-", "--format", "json", input=blank)
    assert done.stdout == run("consult", "-", "--format", "json", input="{}").stdout


def test_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(run("schema", "answer").stdout))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(shell: str) -> None:
    done = run("completion", shell)
    assert done.exit_code == 0
    assert "_DOTTEDLINE_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("words", "found"),
    [("dottedline explain x lif", "lifecycle_marketing"), ("dottedline facts gtm", "gtm_motion")],
)
def test_completion_completes(words: str, found: str) -> None:
    asked = {
        "_DOTTEDLINE_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = CliRunner().invoke(main, prog_name="dottedline", env=asked)
    assert found in done.stdout


def test_version_names_program_and_rulebook() -> None:
    book = dottedline.load()
    assert run("--version").stdout.splitlines() == [
        f"dottedline {dottedline.__version__}",
        f"rulebook {book.id} {book.version} (sha256 {book.sha256[:12]})",
    ]


@pytest.mark.parametrize("command", [[], *([name] for name in main.commands)])
def test_help(command: list[str]) -> None:
    for option in ("--help", "-h"):
        done = run(*command, option)
        assert done.exit_code == 0
        assert done.stdout.startswith("Usage: ")


# --- exit codes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["consult", FLEET, "--save", "answers.yaml"],
        ["consult", FLEET, "--brief", "--format", "json"],
        ["consult", FLEET, "--format", "xml"],
        ["consult", FLEET, "another.yaml"],
        ["consult", "--save", "."],
        ["consult", "--save", "no/such/folder/answers.yaml"],
        ["explain", FLEET],
        ["schema", "question"],
        ["completion", "tcsh"],
        ["advise"],
        ["--quickly"],
    ],
)
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2 and not done.stdout
    assert "Usage: " in done.stderr


#: Profiles of the shipped vocabulary, and what must be said of each.
BAD: list[tuple[str, Sequence[str]]] = [
    (
        "gtm_moton: hybrid",
        ["there is no fact `gtm_moton`", "-> standard input:1:1", "did you mean `gtm_motion`?"],
    ),
    ("gtm_motion: yes", ["`gtm_motion` cannot be `yes`", "`sales_led`"]),
    ("marketing_headcount: -3", ["`marketing_headcount` cannot be `-3`", "it is at least 0"]),
    ("{current: {bdr: nobody}, bdr_priority: accountability}", ["there are no BDRs", ":1:17", ":1:40"]),
    ("gtm_motion: hybrid\ngtm_motion: hybrid", ["`gtm_motion` is given twice", "it is first given in line 1"]),
    ("a: 1\nb: 2", ["there is no fact `a`", "there is no fact `b`"]),
    ("", ["is empty", "write `{}`"]),
]


@pytest.mark.parametrize(("profile", "said"), BAD)
def test_bad_input_is_1(profile: str, said: Sequence[str]) -> None:
    done = run("consult", "-", input=profile)
    assert done.exit_code == 1 and not done.stdout
    for text in said:
        assert text in done.stderr


@pytest.mark.parametrize("rules", [str(ROOT / "docs"), str(ROOT / "setup.cfg"), "no_such_book"])
def test_bad_rulebook_is_1(rules: str) -> None:
    for command in (["consult", FLEET], ["explain", FLEET, "design"], ["facts"]):
        done = run(*command, "--rules", rules)
        assert done.exit_code == 1 and done.stderr.startswith("error: ")


def test_engine_that_cannot_be_loaded_is_one_sentence() -> None:
    hidden = "import sys; sys.modules['durable_rules_engine'] = None; from dottedline.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", hidden, "consult", FLEET], env=ENV, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1 and not done.stdout
    assert done.stderr.startswith(
        "error: the rule engine durable_rules 2.0.28 cannot be loaded on this platform"
    )
    assert "Dockerfile" in done.stderr and len(done.stderr.splitlines()) == 1


# --- streams --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [["consult", FLEET], ["consult", FLEET, "--format", "json"], ["explain", FLEET, "design"], ["facts"]],
)
def test_reader_that_goes_away(arguments: list[str]) -> None:
    """As with `| head -1`: no traceback, and nothing was wrong."""
    process = subprocess.Popen([*COMMAND, *arguments], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("form", ["text", "json"])
def test_full_disk(form: str) -> None:
    with open("/dev/full", "w") as full:
        done = start(
            "consult", FLEET, "--format", form, capture_output=False, stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 1
    assert done.stderr == "error: no space left on device\n"


def test_closed_streams() -> None:
    command = " ".join(COMMAND)
    done = subprocess.run(
        f"{command} consult - <&-", shell=True, env=ENV, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (1, "error: `standard input` cannot be read: it is closed\n")
    done = subprocess.run(
        f"{command} facts >&-", shell=True, env=ENV, stderr=subprocess.PIPE, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_terminal_without_the_characters() -> None:
    done = subprocess.run(
        [*COMMAND, "consult", FLEET], env={**ENV, "PYTHONIOENCODING": "ascii"}, capture_output=True, timeout=60
    )
    assert done.returncode == 0 and done.stdout.isascii() and not done.stderr


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_profile(tmp_path: Path) -> None:
    profile = tmp_path / "company.yaml"
    profile.write_text("{}")
    profile.chmod(0)
    done = run("consult", str(profile))
    assert done.exit_code == 1
    assert done.stderr == f"error: `{profile}` cannot be read: permission denied\n"


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="there is no /proc")
def test_file_that_fails_while_it_is_read() -> None:
    done = run("consult", "/proc/self/mem")
    assert done.exit_code == 1
    assert done.stderr == "error: `/proc/self/mem` cannot be read: input/output error\n"


# --- the interview, line by line ---------------------------------------------------------------------


def ask(*lines: str, arguments: Sequence[str] = ()) -> Result:
    """An interview with these answers, then no more."""
    return run("consult", "--rules", ASKING, *arguments, input="".join(f"{line}\n" for line in lines))


@pytest.mark.parametrize(
    ("typed", "label"),
    [("1", "Sales-led"), ("self_serve", "Self-serve"), ("Self-Serve", "Self-serve"), ("plg", "Self-serve"),
     ("hyb", "Hybrid"), ("", "not known"), ("unknown", "not known"), ("don't know", "not known")],
)  # fmt: skip
def test_answers_to_a_choice(typed: str, label: str) -> None:
    done = ask(typed)
    assert f"  Motion: {label}\n" in done.stdout
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [("4", "Answer with a number from 1 to 3, or a name."), ("0", "Answer with a number from 1 to 3, or a name."),
     ("9" * 5000, "Answer with a number"), ("s", "That could be Sales-led or Self-serve."),
     ("selfserve", "Did you mean Self-serve?"), ("1, 2", "Answer with a number"), ("\x07", "Answer with a number")],
)  # fmt: skip
def test_wrong_answers_to_a_choice(typed: str, said: str) -> None:
    done = ask(typed, "1")
    assert said in done.stdout
    assert "  Motion: Sales-led\n" in done.stdout


def test_answers_of_every_kind() -> None:
    done = ask(
        "hybrid",
        "maybe",
        "Y",
        "many",
        "-1",
        "501",
        "inf",
        "1e3",
        "2.5",
        "12",
        "leads",
        "pipe, 3; awareness",
        "n",
    )
    assert "  Answer yes or no, or press Enter if you do not know.\n" in done.stdout
    assert "  Freemium: yes\n" in done.stdout
    assert done.stdout.count("  Answer with a whole number, at least 0 and at most 500.\n") == 6
    assert "  People: 12 people\n" in done.stdout
    assert "  Goals: Awareness, Pipeline, Retention\n" in done.stdout
    assert "Nothing more would change the advice." in done.stdout
    assert "You sell in two ways." in done.stdout and "BDRs find leads." not in done.stdout
    assert done.exit_code == 0


def test_set_without_elements() -> None:
    assert "  Goals: none of them\n" in ask("1", "n", "1", "none").stdout


def test_why_it_is_asked() -> None:
    done = ask("?", "1")
    assert "  It comes before any org chart.\n" in done.stdout
    assert "  Motion: Sales-led\n" in done.stdout


def test_done_gives_the_advice_so_far() -> None:
    done = ask("3", "done", "this is not read")
    assert "You sell in two ways." in done.stdout
    assert done.exit_code == 0


def test_back_revises_and_loses_nothing() -> None:
    # Back to the first of three answers; then on where the questions were left.
    done = ask("1", "yes", "12", "back", "back", "back", "3", "retention", "n", arguments=["--brief"])
    assert done.stdout.count("How do you sell?") == 2
    assert "  So far: Sales-led\n" in done.stdout and "  So far: 12 people\n" in done.stdout
    assert done.stdout.count("Is it free to start?") == 2, "once when asked, once on the way back"
    assert "You sell in two ways." in done.stdout and "You are many." in done.stdout
    assert "  This is the first question.\n" not in done.stdout


def test_back_at_the_first_question() -> None:
    assert "This is the first question.\n" in ask("back", "1").stdout
    assert ask("1", "back", "back", "done").stdout.count("This is the first question.\n") == 1


def test_optional_part_is_offered() -> None:
    refused = ask("1", "n", "1", "none", "perhaps", "n")
    assert "Answer yes or no." in refused.stdout
    assert "What should BDRs do?  (" not in refused.stdout
    taken = ask("1", "n", "1", "none", "", "leads")
    assert "  Priority for BDRs: Find leads\n" in taken.stdout and "Where do BDRs sit?  (" in taken.stdout
    back = ask("1", "n", "1", "none", "back", "1", "n")
    assert "  So far: none of them\n" in back.stdout and "  Goals: Awareness\n" in back.stdout
    assert back.stdout.count("Go through this part?") == 2


def test_contradiction_is_refused_with_its_reason() -> None:
    done = ask("", "", "", "", "y", "1", "nobody", "sales")
    assert (
        "  The facts contradict each other: there are no BDRs, so there can be no priority for them. "
        "“BDRs: place today” is Nobody and “Priority for BDRs” is Find leads.\n"
    ) in done.stdout
    assert "  BDRs: place today: Sales\n" in done.stdout
    assert done.exit_code == 0


def test_nobody_answers() -> None:
    done = ask()
    assert done.exit_code == 2
    assert "nobody answers: name a PROFILE, or - for standard input" in done.stderr


def test_json_of_an_interview_is_alone_on_stdout() -> None:
    done = ask("3", "done", arguments=["--format", "json"])
    assert json.loads(done.stdout)["profile"] == {"motion": "hybrid"}
    assert done.stdout.startswith("{") and "How do you sell?" in done.stderr


# --- the interview, saved --------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return tmp_path / "answers.yaml"


def save(path: Path, *lines: str) -> Result:
    return ask(*lines, arguments=["--save", str(path), "--brief"])


def known(path: Path) -> dict[str, Any]:
    return dict(dottedline.load(ASKING).read_profile(path).facts)


def test_going_on_asks_nothing_twice(saved: Path) -> None:
    save(saved, "3", "")
    assert saved.read_text() == "motion: hybrid\nfreemium: unknown\n"
    done = save(saved, "12")
    assert f"Going on from {saved}: 2 answers so far.\n" in done.stdout
    assert "How do you sell?" not in done.stdout, "it has an answer"
    assert "Is it free to start?" not in done.stdout, "it was answered with don't know"
    assert saved.read_text() == "motion: hybrid\nfreemium: unknown\nheadcount: 12\n"
    done = save(saved, "back", "back", "yes")
    assert "  So far: 12 people\n" in done.stdout and "  So far: not known\n" in done.stdout
    assert known(saved) == {"motion": "hybrid", "freemium": True, "headcount": 12}


def test_blank_profile_is_asked_for(saved: Path) -> None:
    saved.write_text(run("facts", "--rules", ASKING, "--format", "yaml").stdout)
    assert "How do you sell?" in save(saved, "1").stdout


def test_empty_file_is_begun(saved: Path) -> None:
    saved.touch()
    save(saved, "1")
    assert known(saved) == {"motion": "sales_led"}


def test_comments_are_kept_aside(saved: Path) -> None:
    saved.write_text("# from their website\nmotion: hybrid\n")
    save(saved, "yes")
    save(saved, "12")
    assert "#" not in saved.read_text()
    assert (saved.parent / "answers.yaml.bak").read_text() == "# from their website\nmotion: hybrid\n"


def test_json_stays_json(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    save(path, "3", "", "12", "pipeline")
    assert json.loads(path.read_text()) == {
        "motion": "hybrid", "freemium": "unknown", "headcount": 12, "goals": ["pipeline"]
    }  # fmt: skip
    assert "How do you sell?" not in save(path, "done").stdout


def test_other_files_are_left_alone(saved: Path) -> None:
    saved.write_text("Dear all, here is what we know: nothing\n")
    done = save(saved, "1")
    assert done.exit_code == 1
    assert saved.read_text() == "Dear all, here is what we know: nothing\n"


def test_link_stays_a_link(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    saved.symlink_to(tmp_path / "real" / "company.yaml")
    save(saved, "1")
    assert saved.is_symlink() and known(tmp_path / "real" / "company.yaml") == {"motion": "sales_led"}


def test_what_cannot_be_saved_is_shown(saved: Path) -> None:
    """The place was fine at the start: then it is taken away."""

    def lines() -> Iterator[str]:
        yield "3\n"
        saved.unlink()
        saved.mkdir()
        yield "yes\n"
        yield "done\n"

    class Typing:
        def __init__(self) -> None:
            self.lines = lines()

        def readline(self, *_: object) -> str:
            return next(self.lines, "")

        def isatty(self) -> bool:
            return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dottedline.interview_terminal.sys.stdin", Typing())
        from io import StringIO

        patch.setattr("sys.stdout", out := StringIO())
        main(["consult", "--rules", ASKING, "--save", str(saved)], standalone_mode=False)
    told = out.getvalue()
    assert f"  Your answers cannot be saved in {saved}: is a directory.\n" in told
    assert "Your answers so far, as a profile:\n\nmotion: hybrid\nfreemium: true\n" in told
    assert "You sell in two ways." in told


# --- the interview, in a terminal --------------------------------------------------------------------


def talk(*arguments: str) -> pexpect.spawn:
    command = [*COMMAND[1:], "consult", "--rules", ASKING, *arguments]
    options = {"env": ENV, "encoding": "utf-8", "codec_errors": "replace", "timeout": 30}
    return pexpect.spawn(sys.executable, command, dimensions=(40, 80), **options)


def end(terminal: pexpect.spawn) -> tuple[str, int | None]:
    """What is printed from here to the end, and the exit code."""
    terminal.expect(pexpect.EOF)
    terminal.close()
    return str(terminal.before).replace("\r\n", "\n"), terminal.exitstatus


def answer(terminal: pexpect.spawn, question: str, text: str) -> None:
    terminal.expect_exact(question)
    terminal.expect_exact("> ")
    terminal.sendline(text)


def test_a_whole_talk(saved: Path) -> None:
    terminal = talk("--save", str(saved))
    terminal.expect_exact("Answer with a number or a name.")
    terminal.expect_exact("The company")
    answer(terminal, "How do you sell?", "?")
    terminal.expect_exact("It comes before any org chart.")
    terminal.sendline("hyb")
    answer(terminal, "Is it free to start?", "")
    answer(terminal, "How many people?", "back")
    answer(terminal, "Is it free to start?", "yes")
    answer(terminal, "How many people?", "twelve")
    terminal.expect_exact("Answer with a whole number")
    terminal.sendline("12")
    answer(terminal, "What is it for?", "none")
    terminal.expect_exact("Go through this part?")
    terminal.sendline("n")
    told, code = end(terminal)
    assert "Nothing more would change the advice." in told and "You are many." in told
    assert code == 0
    assert known(saved) == {"motion": "hybrid", "freemium": True, "headcount": 12, "goals": frozenset()}


def test_ctrl_c_shows_the_answers() -> None:
    terminal = talk()
    answer(terminal, "How do you sell?", "1")
    answer(terminal, "Is it free to start?", "")
    terminal.expect_exact("How many people?")
    terminal.sendintr()
    told, code = end(terminal)
    assert "Stopped." in told and "motion: sales_led\nfreemium: unknown\n" in told and "--save FILE" in told
    assert "Traceback" not in told and code == 130


def test_ctrl_c_saves_the_answers_and_one_goes_on(saved: Path) -> None:
    terminal = talk("--save", str(saved))
    answer(terminal, "How do you sell?", "1")
    answer(terminal, "Is it free to start?", "back")
    terminal.expect_exact("So far: Sales-led")
    terminal.sendintr()
    told, code = end(terminal)
    assert f"Your answers are in {saved}; go on with the same command." in " ".join(told.split()).replace(
        "\n", ""
    )
    assert code == 130
    assert known(saved) == {"motion": "sales_led"}, "going back takes nothing away"
    terminal = talk("--save", str(saved), "--brief")
    answer(terminal, "Is it free to start?", "done")
    told, code = end(terminal)
    assert "How do you sell?" not in told and code == 0


def test_ctrl_d_gives_the_advice() -> None:
    terminal = talk()
    answer(terminal, "How do you sell?", "3")
    terminal.expect_exact("Is it free to start?")
    terminal.expect_exact("> ")
    terminal.sendeof()
    told, code = end(terminal)
    assert "You sell in two ways." in told and code == 0


def test_killed_in_the_middle(saved: Path) -> None:
    terminal = talk("--save", str(saved))
    answer(terminal, "How do you sell?", "3")
    answer(terminal, "Is it free to start?", "yes")
    terminal.expect_exact("How many people?")
    terminal.kill(9)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.signalstatus == 9
    assert known(saved) == {"motion": "hybrid", "freemium": True}
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_bytes_that_are_no_text() -> None:
    terminal = talk()
    terminal.expect_exact("> ")
    os.write(terminal.child_fd, b"\xff\xfe\n1\n")
    terminal.expect_exact("Is it free to start?")
    terminal.sendeof()
    told, code = end(terminal)
    assert "Traceback" not in told and code == 0


def test_document_of_a_talk_is_alone_on_stdout(tmp_path: Path) -> None:
    out = tmp_path / "answer.json"
    command = f"{' '.join(COMMAND)} consult --rules {ASKING} --format json > {out}"
    terminal = pexpect.spawn("/bin/sh", ["-c", command], env=ENV, encoding="utf-8", timeout=30)
    answer(terminal, "How do you sell?", "3")
    answer(terminal, "Is it free to start?", "done")
    _, code = end(terminal)
    assert code == 0
    assert out.read_text().startswith("{\n")
    assert json.loads(out.read_text())["profile"] == {"motion": "hybrid"}

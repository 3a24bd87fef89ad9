"""The org chart: what is drawn where, that solid lines are a tree, and every format of it."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import dottedline
from dottedline.chart import COMPANY, UNDECIDED, Box, Chart
from dottedline.cli import main
from dottedline.files import write_whole
from dottedline.present import chart_data, chart_dot, chart_image, chart_tree
from dottedline.present.chart_layout import (
    LINE,
    MARGIN,
    NAME_SIZE,
    NOTE_SIZE,
    WIDTH,
    layout,
    text_width,
    wrapped,
)
from dottedline.present.chart_words import asides, notes, title

ROOT = Path(__file__).parents[1]
BOOK = dottedline.load()
EXAMPLES = ROOT / "facts" / "b2b_marketing" / "examples"
MATTERMOST = str(EXAMPLES / "mattermost_2020.yaml")
SMALL = str(ROOT / "tests" / "good" / "book" / "rules" / "book")
ORGANISATION = BOOK.data.organisation
assert ORGANISATION is not None
FAMILY = [fact for fact in BOOK.vocabulary.facts.values() if fact.family == ORGANISATION.place]
FUNCTIONS = [str(fact.item) for fact in FAMILY]
PLACES = list(FAMILY[0].values)

#: What a person may write, and no format may take for its own.
NASTY = [
    '<b>Eve</b> & "Co" --> <script>alert(1)</script>',
    "=cmd|' /C calc'!A0",
    "[red]x[/red] `**md**` \\n \\N \\G ]] }} #35; %% ;",
    "</td></tr></table>> label=< a -> b; }",
    "1. 李小龍和他的朋友們一起管理這個非常非常長的預算名稱",
    "\x1b[31mred\x00\u202eevil\r\nnext",
    "W" * 60,
]


def run(*arguments: str, input: str | None = None, columns: int = 80) -> Result:
    return CliRunner().invoke(
        main, ["chart", *arguments], input=input, env={"COLUMNS": str(columns)}, catch_exceptions=False
    )


def chart(facts: dict[str, Any], which: str = "advised") -> Chart:
    return BOOK.chart(facts, which)  # type: ignore[arg-type]


def box(drawn: Chart, function: str) -> Box:
    """The one box of a function."""
    (found,) = [box for box in drawn.boxes if box.function == function]
    return found


def manager(drawn: Chart, function: str) -> str | None:
    return box(drawn, function).manager


# --- what is drawn where: advised -------------------------------------------------------------


def test_groups_are_those_of_the_structure() -> None:
    drawn = chart({})
    assert [b.id for b in drawn.boxes if b.part == "group"] == [
        "place.growth",
        "place.product_marketing",
        "place.brand",
    ]
    department = next(b for b in drawn.boxes if b.part == "department")
    assert (department.status, department.modality) == ("settled", "default")
    assert department.choices == ("Growth, Product, Brand and Content Marketing",)


def test_functions_are_where_the_source_says() -> None:
    drawn = chart({"gtm_motion": "self_serve", "freemium_product": True})
    lifecycle = box(drawn, "lifecycle_marketing")
    assert lifecycle.manager == "place.product_marketing"
    assert (lifecycle.status, lifecycle.modality) == ("provisional", "may")
    assert "may be here, so far" in notes(lifecycle, drawn)
    assert manager(drawn, "content_marketing") == "place.brand"


def test_a_function_that_is_a_group_has_one_box() -> None:
    drawn = chart({})
    assert box(drawn, "product_marketing").id == "place.product_marketing"
    assert manager(drawn, "product_marketing") == "place.marketing"


def test_what_is_open_is_never_drawn_as_if_decided() -> None:
    drawn = chart({})
    for function, said in {
        "social_media": "open: Growth Marketing, Brand Marketing or Content Marketing",
        "bdr": "contested: Sales or Marketing",
        "ux_writing": "not yet known: depends on “Has UX writers or content designers”",
    }.items():
        assert manager(drawn, function) == UNDECIDED
        assert said in notes(box(drawn, function), drawn)


def test_what_does_not_apply_is_left_out() -> None:
    drawn = chart({"current": {"bdr": "nobody"}, "ux_writers_present": False})
    assert not {"bdr", "ux_writing"} & {b.function for b in drawn.boxes}


def test_outside_departments_are_told_apart() -> None:
    drawn = chart({"ux_writers_present": True})
    assert manager(drawn, "ux_writing") == "place.product"
    product = next(b for b in drawn.boxes if b.id == "place.product")
    assert (product.part, product.manager) == ("outside", COMPANY)
    assert "outside Marketing" in notes(product, drawn)


def test_a_line_that_the_source_asks_for() -> None:
    facts = {"creative_director_exists": True, "designers_support_demand_generation": True}
    (line,) = chart(facts).lines
    assert (line.source, line.target) == ("function.design", "function.demand_generation")
    assert (line.today, line.asked, line.inferred) == (False, "may", False)
    assert not chart(facts, "present").lines, "today's chart shows what there is"


def test_a_line_inside_its_own_team_is_said_and_not_drawn() -> None:
    """Communications belongs to Marketing by the advice: there is nothing for the line to join."""
    drawn = chart({"current": {"comms_pr": "own_department"}, "dotted": {"comms_pr": ["marketing"]}})
    assert not drawn.lines
    assert drawn.asked_elsewhere == (
        "Communications is a department of its own, so its dotted line to Marketing must be strong.",
    )


# --- what is drawn where: today ---------------------------------------------------------------

TODAY: dict[str, Any] = {
    "current": {
        "design": "product",
        "social_media": "contractor",
        "lifecycle_marketing": "planned",
        "bdr": "nobody",
        "comms_pr": "own_department",
        "content_marketing": "content",
        "sales_enablement": "content",
        "product_marketing": "product",
        "partner_marketing": "product_marketing",
    },
    "dotted": {"design": ["content", "sales"], "sales_enablement": ["content"], "bdr": []},
    "contractors": [
        {"function": "design", "kind": "agency", "budget_owner": "Ana", "workflow_owner": "nobody"}
    ],
}


def test_today() -> None:
    drawn = chart(TODAY, "present")
    assert manager(drawn, "design") == "place.product"
    assert box(drawn, "social_media").staffing == "contractor"
    assert box(drawn, "lifecycle_marketing").staffing == "open_role"
    assert (manager(drawn, "comms_pr"), box(drawn, "comms_pr").where) == (
        COMPANY,
        "a department of its own, outside Marketing",
    )
    assert box(drawn, "content_marketing").id == manager(drawn, "sales_enablement") == "place.content"
    assert "bdr" not in {b.function for b in drawn.boxes}
    assert "Copywriting" in drawn.unknown and "Design" not in drawn.unknown
    assert "Not known where it is today: " in asides(drawn)[0]


def test_a_group_can_be_outside_with_what_is_in_it() -> None:
    drawn = chart(TODAY, "present")
    assert manager(drawn, "product_marketing") == "place.product"
    assert manager(drawn, "partner_marketing") == box(drawn, "product_marketing").id


def test_dotted_lines_of_today() -> None:
    drawn = chart(TODAY, "present")
    assert [(line.source, line.target) for line in drawn.lines] == [("function.design", "place.content")]
    assert drawn.lines_elsewhere == (("Design", "Sales"),)


def test_contractors() -> None:
    drawn = chart(TODAY, "present")
    agency = next(b for b in drawn.boxes if b.part == "contractor")
    assert (agency.label, agency.manager, agency.staffing) == ("Agency", "function.design", "contractor")
    assert agency.details == (("Who manages the budget", "Ana"), ("Who manages the workflow", "nobody"))


def test_a_department_alone_has_no_company_above_it() -> None:
    assert [b.id for b in chart({}, "present").boxes] == ["place.marketing"]


def test_groups_in_one_another() -> None:
    drawn = chart(
        {"current": {"product_marketing": "content", "content_marketing": "product_marketing"}}, "present"
    )
    check_tree(drawn)


# --- the property -----------------------------------------------------------------------------


def check_tree(drawn: Chart) -> None:
    """One box at the top, one manager for each other, which stands before it; every function once."""
    seen: set[str] = set()
    for number, each in enumerate(drawn.boxes):
        assert (each.manager is None) == (number == 0)
        assert each.manager is None or each.manager in seen
        assert each.id not in seen
        seen.add(each.id)
    functions = [b.function for b in drawn.boxes if b.function is not None]
    assert len(functions) == len(set(functions))
    for line in drawn.lines:
        assert line.source != line.target and {line.source, line.target} <= seen


words = st.one_of(
    st.sampled_from([*NASTY, "nobody", "Ana"]), st.text(min_size=1, max_size=30).map(lambda t: f"x{t}")
)


@st.composite
def companies(draw: st.DrawFn) -> dict[str, Any]:
    """Facts that charts are drawn from."""
    facts: dict[str, Any] = {
        "current": draw(st.dictionaries(st.sampled_from(FUNCTIONS), st.sampled_from(PLACES))),
        "contractors": draw(
            st.lists(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "function": st.sampled_from(FUNCTIONS),
                        "kind": st.sampled_from(["agency", "consultant", "freelancer"]),
                        "budget_owner": words,
                    },
                ),
                max_size=4,
            )
        ),
    }
    for name in (
        "freemium_product",
        "all_designers_one_team",
        "creative_director_exists",
        "ux_writers_present",
    ):
        if draw(st.booleans()):
            facts[name] = True
    if draw(st.booleans()):
        facts["gtm_motion"] = draw(st.sampled_from(["sales_led", "self_serve", "hybrid"]))
    # What cannot be: there are UX writers, and nobody who writes.
    if facts["current"].get("ux_writing") == "nobody":
        facts.pop("ux_writers_present", None)
    if facts["current"].get("design") == "nobody":
        facts.pop("all_designers_one_team", None)
    return facts


lines = st.dictionaries(st.sampled_from(FUNCTIONS), st.lists(st.sampled_from(PLACES), unique=True, max_size=4))


@given(facts=companies(), dotted=lines, which=st.sampled_from(["advised", "present"]))
def test_solid_lines_are_a_tree_that_dotted_lines_never_change(
    facts: dict[str, Any], dotted: dict[str, list[str]], which: str
) -> None:
    try:
        without = chart(facts, which)
    except dottedline.ProfileError:
        return  # a text that no profile may hold
    drawn = chart({**facts, "dotted": dotted}, which)
    check_tree(without)
    check_tree(drawn)
    assert drawn.boxes == without.boxes
    told = {b.function for b in drawn.boxes} | {
        function
        for function in FUNCTIONS
        if facts["current"].get(function) == "nobody"
        or BOOK.vocabulary.lists["functions"][function].label in drawn.unknown
    }
    absent = set(FUNCTIONS) - told
    assert which == "advised" or not absent, "drawn, not there, or not known: there is nothing else"


@given(facts=companies(), dotted=lines)
def test_boxes_hold_their_text_and_do_not_overlap(facts: dict[str, Any], dotted: dict[str, list[str]]) -> None:
    try:
        drawn = chart({**facts, "dotted": dotted})
    except dottedline.ProfileError:
        return
    laid = layout(drawn)
    for placed in laid.boxes:
        for text, size, bold in [(t, NAME_SIZE, True) for t in placed.name] + [
            (t, NOTE_SIZE, False) for t in placed.notes
        ]:
            assert text_width(text, size, bold=bold) <= WIDTH - 2 * MARGIN
        assert placed.height >= LINE[NAME_SIZE] * len(placed.name) + LINE[NOTE_SIZE] * len(placed.notes)
        assert placed.x >= 0 and placed.x + WIDTH <= laid.width + 0.01
        assert placed.y + placed.height <= laid.height + 0.01
    for one in laid.boxes:
        for two in laid.boxes:
            apart = one.x + WIDTH <= two.x or two.x + WIDTH <= one.x
            assert one is two or apart or one.y + one.height <= two.y or two.y + two.height <= one.y


@given(st.text(), st.floats(20, 300))
def test_wrapping_loses_nothing(text: str, width: float) -> None:
    told = list(wrapped(text, width, 9))
    assert "".join("".join(told).split()) == "".join(text.split())


# --- formats ----------------------------------------------------------------------------------

PROFILE = json.dumps(
    {
        **TODAY,
        "contractors": [
            {"function": "design", "kind": "agency", "budget_owner": text}
            for text in NASTY
            if text.isprintable()
        ],
    }
)
FORMATS = ["tree", "svg", "png", "mermaid", "dot", "csv", "json"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", ["en", "zh_Hant", "id"])
def test_every_format_is_the_same_each_time(form: str, language: str) -> None:
    arguments = ("-", "--format", form, "--which", "both", "--lang", language)
    profile = json.dumps(TODAY)
    if form == "png" and language == "zh_Hant" and run(*arguments, input=profile).exit_code:
        pytest.skip("there is no font for Chinese here")
    done = run(*arguments, input=profile)
    assert done.exit_code == 0 and not done.stderr
    assert done.stdout_bytes == run(*arguments, input=profile).stdout_bytes


@pytest.mark.parametrize("columns", [60, 100])
@pytest.mark.parametrize("language", ["en", "zh_Hant"])
def test_tree_fits_the_terminal(columns: int, language: str) -> None:
    told = run("-", "--which", "both", "--lang", language, input=PROFILE, columns=columns).stdout
    assert max(cell_len(line) for line in told.splitlines()) <= columns
    assert "\x1b" not in told and "[red]x[/red]" in told


def test_tree_in_a_file() -> None:
    drawn = [chart(TODAY), chart(TODAY, "present")]
    told = chart_tree.charts_text(drawn)
    assert [told.index(title(each)) for each in drawn] == sorted(told.index(title(each)) for each in drawn)
    assert "....> Content Marketing" in told


def test_svg_is_well_formed_and_inert() -> None:
    done = run("-", "--which", "both", "--format", "svg", input=PROFILE)
    tree = ElementTree.fromstring(done.stdout_bytes)
    kinds = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert kinds <= {"svg", "g", "title", "polygon", "path", "text", "polyline", "ellipse"}
    told = "".join(element.text or "" for element in tree.iter() if element.tag.endswith("text"))
    assert "alert(1)" in told and "\\N" in told


def test_png_is_one() -> None:
    assert run(MATTERMOST, "--format", "png").stdout_bytes.startswith(b"\x89PNG\r\n")


def test_lines_are_told_apart_without_colours() -> None:
    facts = {**TODAY, "creative_director_exists": True, "designers_support_demand_generation": True}
    told = chart_dot.charts_dot([chart(facts)])
    assert 'style="dotted"' in told and 'peripheries="2"' in told and 'style="rounded,filled,dashed"' in told


def test_mermaid_escapes_what_it_would_read() -> None:
    told = run("-", "--format", "mermaid", "--which", "both", input=PROFILE).stdout
    assert told.startswith("flowchart TD\n")
    assert "<script" not in told and "`" not in told and "%%" not in told
    assert "#60;script#62;" in told
    for line in told.splitlines():
        assert line.count('"') in (0, 2)


def test_csv_for_tools_that_draw_charts() -> None:
    rows = list(
        csv.DictReader(io.StringIO(run("-", "--which", "present", "--format", "csv", input=PROFILE).stdout))
    )
    assert list(rows[0]) == ["id", "name", "manager_id", "dotted_manager_ids"]
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids)) and [row["id"] for row in rows if not row["manager_id"]] == [ids[0]]
    assert {row["manager_id"] for row in rows[1:]} <= set(ids)
    design = next(row for row in rows if row["id"] == "function.design")
    assert design == {
        "id": "function.design", "name": "Design", "manager_id": "place.product", "dotted_manager_ids": "place.content",
    }  # fmt: skip


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    drawn = Chart("present", (Box("a", "department", f"{start}SUM(A1)", None),), ())
    ((_id, name, *_rest),) = list(csv.reader(io.StringIO(chart_data.charts_csv([drawn]), newline="")))[1:]
    assert name == f"'{start}SUM(A1)"


def test_json_is_the_model() -> None:
    both = json.loads(run("-", "--which", "both", "--format", "json", input=json.dumps(TODAY)).stdout)
    assert both == json.loads(json.dumps([chart(TODAY, which).to_dict() for which in ("present", "advised")]))


def test_what_people_write_cannot_steer_a_terminal() -> None:
    drawn = chart({"contractors": [{"budget_owner": NASTY[5]}]}, "present")
    assert drawn.boxes[-1].details == (("Who manages the budget", "[31mred evil next"),)


# --- where it is written, and what can go wrong -----------------------------------------------

ENDINGS = {".svg": b"<?xml", ".png": b"\x89PNG", ".mmd": b"flowchart", ".dot": b"//", ".gv": b"//",
           ".csv": b"id,name", ".json": b"{", ".txt": b"The org chart"}  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_format_goes_by_the_ending(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"chart{ending}"
    done = run(MATTERMOST, "-o", str(file))
    assert done.exit_code == 0 and not done.output
    assert file.read_bytes().startswith(ENDINGS[ending])


def test_a_format_that_is_named_wins(tmp_path: Path) -> None:
    file = tmp_path / "chart.dat"
    assert run(MATTERMOST, "-o", str(file), "--format", "csv").exit_code == 0
    assert file.read_bytes().startswith(b"id,name")


@pytest.mark.parametrize(
    ("arguments", "message", "help"),
    [
        (["--format", "pgn"], "there is no format `pgn`", "did you mean `png`?"),
        (["-o", "chart.pdf"], "no format goes with the name `chart.pdf`", "end it in `.txt`, `.svg`, `.png`"),
        (["-o", "no/such/folder/chart.svg"], "`no/such/folder/chart.svg`: no such file or directory", ""),
        (
            ["--rules", SMALL],
            "the rulebook `book` describes no organisation",
            "it needs the key `organisation`",
        ),
    ],
)
def test_bad_input(arguments: list[str], message: str, help: str) -> None:
    done = run("-", *arguments, input="{}")
    assert done.exit_code == 1 and not done.stdout
    assert done.stderr.startswith(f"error: {message}") and help in done.stderr


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        raise chart_image.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(chart_image.metadata, "distribution", nothing)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    done = run(MATTERMOST, "--format", "svg")
    assert done.exit_code == 1 and "pip install 'dottedline[chart]'" in done.stderr


def test_without_a_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart_image, "_picture", lambda _text, _font="": b"the same")
    done = run("-", "--format", "png", input=json.dumps({"contractors": [{"budget_owner": "李"}]}))
    assert done.exit_code == 1 and not done.stdout_bytes
    assert done.stderr.startswith("error: there is no font on this machine to draw “李” in a PNG")
    assert "Noto Sans CJK" in done.stderr


def test_an_existing_file_is_never_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "chart.svg"
    file.write_text("the old one")
    file.chmod(0o640)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left") as caught:
            write_whole(file, b"the new one")
    assert caught.value.filename == str(file)
    assert file.read_text() == "the old one" and list(tmp_path.iterdir()) == [file]
    write_whole(file, "the new one")
    assert file.read_text() == "the new one" and stat.S_IMODE(file.stat().st_mode) == 0o640


def test_writing_through_a_link_and_to_a_device(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("old")
    link = tmp_path / "link"
    link.symlink_to("there")
    write_whole(link, "new")
    assert link.is_symlink() and (tmp_path / "there").read_text() == "new"
    write_whole(Path(os.devnull), "new")
    assert not Path(os.devnull).is_file()


def test_from_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "dottedline.cli", "chart", MATTERMOST, "--format", "svg"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    assert done.stdout == run(MATTERMOST, "--format", "svg").stdout_bytes


# --- the rule language ------------------------------------------------------------------------


def test_lines_of_findings_are_read() -> None:
    asked = {rule.id: rule.line for _decision, rule in BOOK.data.rules() if rule.line is not None}
    assert asked["comms-strong-dotted-line"] == ("comms_pr", "marketing")
    assert asked["design-dotted-line"] == ("design", "demand_generation")
    assert "design-outside-marketing" not in asked, "the source does not say to which team"

"""What docs/embedding.md shows runs, against what it names: Flask, processes, asyncio, a notebook, pytest.

The client in docs/assistants.md is run by test_assistants.py.
"""

from __future__ import annotations

import importlib.util
import io
import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import dottedline
from conftest import needs

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples" / "python"
PAGE = ROOT / "docs" / "embedding.md"
PATIENCE = 60
FACTS = {"gtm_motion": "self_serve", "freemium_product": True}


def module(path):
    """A file as a module, as one that imports it has it."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    found = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = found
    spec.loader.exec_module(found)
    return found


def blocks(text):
    """Each block of Python, with the file that it shows, if any."""
    return re.findall(r"(?:<!-- (\S+) -->\n)?```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_the_pages_show_the_files_as_they_are():
    included = module(ROOT / "docs" / "included.py")
    for page in (ROOT / "docs").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert text == included.fresh(text), f"{page.name}: run `python docs/included.py`"


def test_every_example_is_on_a_page():
    pages = (PAGE, ROOT / "docs" / "assistants.md")
    shown = {name for page in pages for name, _code in blocks(page.read_text(encoding="utf-8")) if name}
    assert shown == {f"examples/python/{path.name}" for path in EXAMPLES.iterdir() if path.is_file()}


def test_the_blocks_of_the_page_run():
    """Each statement runs; where a comment says what it gives, it gives that."""
    names, checked = {}, 0
    for file, code in blocks(PAGE.read_text(encoding="utf-8")):
        for line in [] if file else code.splitlines():
            statement, arrow, shown = line.partition("# -> ")
            if arrow:
                assert repr(eval(statement, names)) == shown
                checked += 1
            else:
                exec(line, names)
    assert checked == 2


# --- Flask ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def flask_client():
    needs("flask")
    return module(EXAMPLES / "flask_view.py").app.test_client()


def test_flask_advises(flask_client):
    response = flask_client.post("/advice", json=FACTS)
    assert response.status_code == 200
    assert response.json == dottedline.load().consult(FACTS).to_dict()


def test_flask_speaks_the_language_of_the_request(flask_client):
    response = flask_client.post("/advice", json=FACTS, headers={"Accept-Language": "zh-TW,zh;q=0.9,en;q=0.5"})
    assert response.json == dottedline.load(language="zh_Hant").consult(FACTS).to_dict()


def test_flask_explains(flask_client):
    response = flask_client.post("/advice/design", json=FACTS)
    assert response.json == dottedline.load().explain(FACTS, "design").to_dict()
    assert flask_client.post("/advice/dessign", json=FACTS).status_code == 404


def test_flask_refuses_bad_facts(flask_client):
    response = flask_client.post("/advice", json={"gtm_motion": "self_serv", "marketing_headcount": -1})
    assert response.status_code == 422
    assert [problem["help"] for problem in response.json["problems"]] == [
        "did you mean `self_serve`?",
        "it is at least 0 and at most 100000",
    ]
    assert flask_client.post("/advice", json=[1]).status_code == 422


def test_flask_writes_a_memo_and_tells_its_health(flask_client):
    page = flask_client.post("/advice.html", json=FACTS)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert page.text.startswith("<!DOCTYPE html>")
    health = flask_client.get("/health").json
    assert health == {"rulebook": "b2b_marketing", "version": dottedline.load().version, "files_broken": ""}


# --- a worker, a server of asyncio --------------------------------------------------------


def test_the_worker_answers_every_job():
    jobs = [{"id": n, "facts": {**FACTS, "marketing_headcount": n}} for n in range(40)]
    lines = [json.dumps(job) for job in jobs]
    lines[7] = json.dumps({"id": 7, "facts": {"gtm_motion": "self_serv"}})
    lines[8] = "{"
    lines[9] = json.dumps({"id": 9})
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "worker.py")],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert done.stderr == ""
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == 40
    book = dottedline.load()
    for job, answer in zip(jobs, told, strict=True):
        if 7 <= job["id"] <= 9:
            assert answer["problems"]
            continue
        expected = book.consult(job["facts"])
        assert answer["id"] == job["id"]
        assert answer["outcomes"] == {id: d.outcome or d.status for id, d in expected.decisions.items()}
        assert answer["findings"] == [finding.id for finding in expected.findings]


def test_the_server_of_asyncio_answers_many_at_once():
    command = [sys.executable, str(EXAMPLES / "asyncio_server.py"), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(server.stdout.readline())
            asked = [{**FACTS, "marketing_headcount": n} for n in range(8)]
            talks = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) for _ in asked]
            files = [talk.makefile("rw", encoding="utf-8") for talk in talks]
            for file, facts in zip(files, asked, strict=True):
                file.write(json.dumps(facts) + "\nnot JSON\n" + json.dumps({"gtm_motion": 3}) + "\n")
                file.flush()
            book = dottedline.load()
            for file, facts in zip(files, asked, strict=True):
                assert json.loads(file.readline()) == book.consult(facts).to_dict()
                assert "this is no JSON" in file.readline()
                assert "`gtm_motion` cannot be `3`" in file.readline()
            for talk, file in zip(talks, files, strict=True):
                file.close()
                talk.close()
        finally:
            server.terminate()


# --- tests of one's own, a notebook --------------------------------------------------------


def test_the_tests_of_ones_own_pass():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null"]
    command += ["--rootdir", str(EXAMPLES), str(EXAMPLES / "test_advice.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


@pytest.mark.slow
def test_the_notebook_runs_in_a_kernel():
    """Each cell shows HTML, as a notebook's front end has it; those of an answer and a chart are drawn."""
    needs("ipykernel")
    nbclient, nbformat = needs("nbclient"), needs("nbformat")
    notebook = nbformat.reads((EXAMPLES / "notebook.ipynb").read_text(encoding="utf-8"), as_version=4)
    nbclient.NotebookClient(notebook, timeout=PATIENCE, kernel_name="python3").execute()
    shown = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    pages = []
    for outputs in shown:
        [output] = outputs
        assert output.output_type == "execute_result"
        pages.append(output.data["text/html"])
    assert all(page.startswith('<div class="dottedline">') for page in pages)
    assert ["<svg" in page for page in pages] == [True, True, False, False, False, False]
    with dottedline.language.speaking("zh_Hant"):
        assert dottedline.language._("As it is, against as advised") in pages[-1]
    nbformat.validate(notebook)


def test_the_notebook_is_kept_without_results():
    cells = json.load(io.StringIO((EXAMPLES / "notebook.ipynb").read_text(encoding="utf-8")))["cells"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells if cell["cell_type"] == "code")

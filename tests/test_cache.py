"""What evaluating found out is kept between runs, and a spoilt file is as good as none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import dottedline
from dottedline.batch.cache import Cache
from dottedline.batch.evaluation import Evaluator

COLUMNS = {"gtm_motion": "gtm_motion", "freemium_product": "freemium_product"}
BATCH = pa.RecordBatch.from_pydict(
    {"gtm_motion": ["sales_led", None, "self_serve"], "freemium_product": ["yes", "no", "yes"]}
)


def evaluated(folder: Path, book: dottedline.Rulebook | None = None) -> tuple[list[dict[str, object]], Path]:
    """The results with a cache in a folder, and the cache's file."""
    book = book or dottedline.load()
    cache = Cache(book, folder)
    evaluator = Evaluator(book, COLUMNS, cache=cache)
    results = evaluator.evaluate(BATCH).results.to_pylist()
    evaluator.keep()
    assert cache.path is not None
    return results, cache.path


def test_what_was_found_out_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results, path = evaluated(tmp_path)
    first = path.read_bytes()
    monkeypatch.setattr("dottedline.batch.questions.mattering", None)  # not needed any more
    monkeypatch.setattr("dottedline.inference.UnitInference._attest", None)
    assert evaluated(tmp_path) == (results, path)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data[:5000] + bytes([data[5000] ^ 1]) + data[5001:],
        lambda data: data.replace(b"tables 1", b"tables 9", 1),
        lambda data: b"Something else.\n" * 100,
    ],
)
def test_a_spoilt_file_is_as_good_as_none(tmp_path: Path, spoilt: object) -> None:
    results, path = evaluated(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(spoilt(whole))  # type: ignore[operator]
    assert evaluated(tmp_path) == (results, path)
    assert path.read_bytes() == whole


def test_other_rulebooks_have_files_of_their_own(tmp_path: Path) -> None:
    book = dottedline.load()
    _results, path = evaluated(tmp_path, book)
    _results, other = evaluated(tmp_path, book.without_inferred())
    assert path != other and path.exists() and other.exists()


def test_without_a_place_to_keep_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results, _path = evaluated(tmp_path)
    blocked = tmp_path / "a file"
    blocked.write_text("no folder")
    assert evaluated(blocked)[0] == results
    monkeypatch.setenv("DOTTEDLINE_CACHE", "")
    assert Cache(dottedline.load()).path is None


WRITER = """
import sys; sys.path.insert(0, {tests!r})
from pathlib import Path
import test_cache
for _ in range(3):
    test_cache.evaluated(Path({folder!r}))
"""


def test_several_writers_and_a_killed_one(tmp_path: Path) -> None:
    """Readers find a whole file at any time, whoever writes; a killed writer leaves at most a stray file."""
    code = WRITER.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    writers = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    writers[0].kill()
    assert [writer.wait() for writer in writers][1:] == [0, 0]
    results, path = evaluated(tmp_path)
    kept = Cache(dottedline.load(), tmp_path)
    assert kept._tables is not None
    assert list(tmp_path.glob("*.tables")) == [path]
    assert len(results) == 3

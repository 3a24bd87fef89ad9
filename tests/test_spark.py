"""On a Spark cluster: a master and two workers on this machine, which answer as one machine does."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import dottedline
from dottedline.batch.evaluation import Evaluator
from dottedline.batch.spellings import Misspelled, Spellings
from dottedline.cli import main
from dottedline.language import speaking
from dottedline.loading import data_folder

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from companies import companies

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed (the extra `spark`)")
if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
    pytest.skip("there is no Java, which Spark needs", allow_module_level=True)
evaluate = pytest.importorskip("dottedline.spark").evaluate
spark_files = pytest.importorskip("dottedline.spark_files")

pytestmark = pytest.mark.slow

BOOK = dottedline.load()
SPARK_HOME = Path(pyspark.__file__).parent
#: Spark finds its own programs, and this Python, whatever is on the path.
ENVIRONMENT = {
    "SPARK_HOME": str(SPARK_HOME),
    "SPARK_LOCAL_IP": "127.0.0.1",
    "PYSPARK_PYTHON": sys.executable,
    "PYSPARK_DRIVER_PYTHON": sys.executable,
}
#: How long anything may take that takes seconds on an idle machine.
PATIENCE = 300


class Daemon:
    """A master or worker in a process group of its own, with the executors that it starts."""

    def __init__(self, name: str, folder: Path, *arguments: str) -> None:
        self.log = folder / f"{name}-{time.monotonic_ns()}.log"
        environment = {
            **os.environ,
            **ENVIRONMENT,
            "SPARK_LOCAL_DIRS": str(folder),
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_NO_DAEMONIZE": "1",
            "TMPDIR": str(folder),
        }
        role = f"org.apache.spark.deploy.{name}.{name.capitalize()}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(SPARK_HOME / "bin" / "spark-class"), role, "--host", "127.0.0.1", "--webui-port", "0", *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def said(self, pattern: str) -> re.Match[str]:
        """Waits until the log says something."""
        return until(
            lambda: re.search(pattern, self.log.read_text("utf-8", "replace")),
            lambda: f"{pattern} is not in the log:\n{self.log.read_text('utf-8', 'replace')}",
        )

    def kill(self) -> None:
        """Ends it and what it started, as when a machine is switched off."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Cluster:
    """A master, and workers that have room for an executor of each of two applications."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.daemons: list[Daemon] = []
        try:
            # Port 0 is whichever is free; the log tells which.
            self.url = self._start("master", "--port", "0").said(r"Starting Spark master at (spark://\S+)")[1]
        except BaseException:
            self.stop()
            raise

    def _start(self, name: str, *arguments: str) -> Daemon:
        daemon = Daemon(name, self.folder, *arguments)
        self.daemons.append(daemon)
        return daemon

    def start_workers(self, count: int) -> list[Daemon]:
        """So many more workers."""
        room = ("--cores", "2", "--memory", "1100m", "--work-dir", str(self.folder / "work"))
        workers = [self._start("worker", *room, "--port", "0", self.url) for _ in range(count)]
        for worker in workers:
            worker.said("Successfully registered with master")
        return workers

    def stop(self) -> None:
        """Ends all of it."""
        for daemon in reversed(self.daemons):
            daemon.kill()


def until(found: Callable[[], Any], otherwise: Callable[[], str] = lambda: "it did not happen") -> Any:
    """Waits until something is true, and gives it."""
    end = time.monotonic() + PATIENCE
    while not (result := found()):
        assert time.monotonic() < end, otherwise()
        time.sleep(0.05)
    return result


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        started.start_workers(2)
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def spark(cluster: Cluster) -> Iterator[SparkSession]:
    with pytest.MonkeyPatch.context() as patched:
        for name, value in ENVIRONMENT.items():
            patched.setenv(name, value)
        options = {
            "spark.driver.memory": "512m",
            "spark.executor.memory": "512m",
            "spark.executor.cores": "1",
            "spark.cores.max": "2",
            "spark.local.dir": str(cluster.folder),
            "spark.sql.warehouse.dir": str(cluster.folder / "warehouse"),
            "spark.ui.enabled": "false",
            # Each file is a partition.
            "spark.sql.files.maxPartitionBytes": "1m",
            "spark.sql.files.openCostInBytes": "1m",
            "spark.sql.execution.arrow.maxRecordsPerBatch": "100",
        }
        session = pyspark.sql.SparkSession.builder.master(cluster.url).appName("test").config(map=options).getOrCreate()
        gateway = session.sparkContext._gateway
        try:
            session.sparkContext.setLogLevel("ERROR")
            yield session
        finally:
            session.stop()
            # Spark keeps its Java for the next session; there is none.
            gateway.shutdown()
            gateway.proc.stdin.close()
            gateway.proc.wait()
            pyspark.SparkContext._gateway = pyspark.SparkContext._jvm = None


FACTS = [fact for fact in BOOK.vocabulary.facts.values() if fact.type not in ("records", "note")]
TYPES = {"yes_no": pa.bool_(), "choice": pa.string(), "set": pa.list_(pa.string()), "number": pa.int64()}


@pytest.fixture(scope="module")
def table() -> pa.Table:
    """Companies of all kinds; a few have a value that cannot be, or facts that contradict each other."""
    rows: list[dict[str, object]] = [*companies(BOOK, 480, seed=7)]
    rows[10]["gtm_motion"] = "self_serv"
    rows[20] |= {"gtm_motion": "x", "current.bdr": "nowhere"}
    rows[400] |= {"current.bdr": "nobody", "bdr_priority": "career_growth"}
    columns = {fact.id: pa.array([row.get(fact.id) for row in rows], TYPES[fact.type]) for fact in FACTS}
    return pa.table({"name": [f"c{n:05}" for n in range(len(rows))], **columns})


@pytest.fixture(scope="module")
def files(table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The companies in 24 files, so in 24 tasks."""
    folder = tmp_path_factory.mktemp("companies")
    for n in range(24):
        pq.write_table(table.slice(n * 20, 20), folder / f"{n:02}.parquet")
    return str(folder)


def on_one_machine(table: pa.Table, book: dottedline.Rulebook = BOOK) -> list[dict[str, Any]]:
    """What the workers have to answer: a row for each company."""
    evaluator = Evaluator(book, {name: name for name in table.column_names if name != "name"})
    (batch,) = table.combine_chunks().to_batches()
    found = evaluator.evaluate(batch)
    rows = [{"name": name, **dict.fromkeys(evaluator.schema.names), "rejected": None} for name in table["name"].to_pylist()]
    for row, result in zip(found.rows.tolist(), found.results.to_pylist(), strict=True):
        rows[row] |= result
    for reject in found.rejects:
        told = rows[reject.row]["rejected"] = rows[reject.row]["rejected"] or []
        told.append({"column": reject.column, "value": reject.value, "reason": reject.reason})
    return rows


def rows_of(df: DataFrame) -> list[dict[str, Any]]:
    return sorted((row.asDict(recursive=True) for row in df.collect()), key=lambda row: row["name"])


def test_answers_are_those_of_one_machine(spark: SparkSession, files: str, table: pa.Table) -> None:
    found = rows_of(evaluate(spark.read.parquet(files), keep=["name"]))
    assert found == on_one_machine(table)
    rejected = [row["name"] for row in found if row["rejected"] is not None]
    assert rejected == ["c00010", "c00020", "c00400"]
    assert len(found[20]["rejected"]) == 2
    assert all(value is None for key, value in found[10].items() if key not in ("name", "rejected"))


def test_answers_are_those_of_consulting(spark: SparkSession, files: str, table: pa.Table) -> None:
    found = rows_of(evaluate(spark.read.parquet(files), keep=["name"]))
    for n in range(0, table.num_rows, 31):
        (profile,) = table.slice(n, 1).drop_columns("name").to_pylist()
        answer = BOOK.consult({fact: value for fact, value in profile.items() if value is not None})
        for id, decision in answer.decisions.items():
            assert (found[n][f"{id}.status"], found[n][f"{id}.outcome"]) == (decision.status, decision.outcome)
        assert sorted(found[n]["findings"]) == sorted(finding.id for finding in answer.findings)
        assert found[n]["questions"] == [question.fact for question in answer.questions if question.decides]


def test_a_worker_that_dies_costs_time_only(
    cluster: Cluster, spark: SparkSession, files: str, table: pa.Table
) -> None:
    victim = cluster.daemons[-1]

    def slowly(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            time.sleep(0.5)
            yield batch

    # Under other names: `mapInArrow` takes a dot for a field of a struct.
    plain = {name: name.replace(".", "__") for name in table.column_names}
    companies = spark.read.parquet(files).toDF(*plain.values())
    slow = companies.mapInArrow(slowly, companies.schema).toDF(*plain)
    tracker = spark.sparkContext.statusTracker()
    found: list[list[dict[str, Any]]] = []

    def job() -> None:
        spark.sparkContext.setJobGroup("slow", "a job that loses a worker")
        found.append(rows_of(evaluate(slow, keep=["name"])))

    def stage() -> Any:
        jobs = sorted(tracker.getJobIdsForGroup("slow"))
        stages = tracker.getJobInfo(jobs[-1]).stageIds if jobs else [None]
        return stages[0] is not None and tracker.getStageInfo(stages[0])

    def both_at_work() -> bool:
        return bool((now := stage()) and now.numCompletedTasks >= 4 and now.numActiveTasks == 2)

    # On a busy machine, one worker may come too late for anything: then there is another job.
    for _attempt in range(3):
        found.clear()
        thread = pyspark.InheritableThread(target=job)
        thread.start()
        until(lambda thread=thread: both_at_work() or not thread.is_alive())
        if thread.is_alive():
            break
    try:
        victim.kill()
        at_death = stage()
        assert victim.process.returncode == -signal.SIGKILL
        assert at_death.numCompletedTasks < 20, "the job was nearly over"
        assert thread.is_alive()
    finally:
        thread.join(PATIENCE)
        cluster.start_workers(1)
    assert stage().numFailedTasks >= 1, "the worker had nothing to do when it died"
    assert found == [on_one_machine(table)]


def test_workers_need_not_reach_the_rulebook(
    spark: SparkSession, files: str, table: pa.Table, tmp_path: Path
) -> None:
    for kind in ("rules", "facts"):
        shutil.copytree(data_folder(kind) / "b2b_marketing", tmp_path / kind / "b2b_marketing")
    rules = tmp_path / "rules" / "b2b_marketing"
    edited = [path for path in rules.glob("*.yaml") if "lifecycle-default" in path.read_text("utf-8")]
    for path in edited:
        path.write_text(path.read_text("utf-8").replace("lifecycle-default", "our-own-default"), "utf-8")
    expected = on_one_machine(table, dottedline.load(rules))
    result = evaluate(spark.read.parquet(files), rules, keep=["name"])
    shutil.rmtree(tmp_path / "rules")
    shutil.rmtree(tmp_path / "facts")
    found = rows_of(result)
    assert found == expected
    assert "our-own-default" in {row["lifecycle_marketing.rules"] for row in found}


def test_what_the_project_inferred_can_be_left_out(spark: SparkSession, files: str, table: pa.Table) -> None:
    found = rows_of(evaluate(spark.read.parquet(files), keep=["name"], inferred=False))
    assert found == on_one_machine(table, BOOK.without_inferred())


def test_columns_are_found_by_label_and_named_outright_and_reasons_speak_a_language(spark: SparkSession) -> None:
    book = dottedline.load(language="id")
    label = book.vocabulary.facts["gtm_motion"].label
    df = spark.createDataFrame([(1, "xx", True, 2.5)], f"id int, `{label}` string, free boolean, price double")
    result = evaluate(df, columns={"free": "freemium_product"}, keep=["price", "id"], language="id")
    assert result.columns[:2] == ["price", "id"]
    assert result.schema["price"].dataType.simpleString() == "double"
    (row,) = result.select("id", "price", "rejected").collect()
    assert (row.id, row.price) == (1, 2.5)
    ((column, value, reason),) = row.rejected
    assert (column, value) == (label, "xx")
    with speaking("id"), pytest.raises(Misspelled) as misspelled:
        Spellings(book).value(book.vocabulary.facts["gtm_motion"], "xx")
    assert reason == str(misspelled.value)
    assert "it is one of" not in reason


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"keep": ["nam"]}, "`df` has no column `nam`"),
        ({"columns": {"gtm": "gtm_motion"}}, "`df` has no column `gtm`"),
        ({"columns": {"name": "gtm_motoin"}}, "there is no fact `gtm_motoin` that a column can hold"),
        ({"columns": {"name": "gtm_motion"}}, "two columns of `df` hold the fact `gtm_motion`: `name`, `gtm_motion`"),
        ({"keep": ["findings"]}, "the column `findings` that is to be kept is called as one of the results"),
    ],
)
def test_wrong_names_are_refused_before_anything_runs(
    spark: SparkSession, arguments: dict[str, Any], message: str
) -> None:
    df = spark.createDataFrame([("a", "hybrid", "b")], "name string, gtm_motion string, findings string")
    with pytest.raises(dottedline.InputError) as refused:
        evaluate(df, **arguments)
    assert [problem.message for problem in refused.value.problems] == [message]


def test_a_table_without_facts_is_refused(spark: SparkSession) -> None:
    with pytest.raises(dottedline.InputError, match="no column of `df` holds a fact"):
        evaluate(spark.range(3))


def test_files_are_read_as_on_one_machine(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        '\ufeffname,current.bdr,gtm_motion\n"a, ""x""\nb",sales,\nc,?,hybrid\n'.encode()
    )
    (tmp_path / "b.csv").write_text("name,current.bdr,gtm_motion\nd,nobody,self_serve\n")
    df = spark_files.companies_in(spark, spark_files.Files((f"{tmp_path}/*.csv",)), BOOK)
    assert sorted(map(tuple, df.collect())) == [
        ('a, "x"\nb', "sales", None), ("c", "?", "hybrid"), ("d", "nobody", "self_serve"),
    ]
    (tmp_path / "nested.ndjson").write_text('{"name": "a", "current": {"bdr": "sales", "design": "brand"}}\n{"name": "b"}\n')
    df = spark_files.companies_in(spark, spark_files.Files((f"{tmp_path}/nested.ndjson",)), BOOK)
    assert df.columns == ["current.bdr", "current.design", "name"]
    assert sorted(map(tuple, df.fillna("-").collect())) == [("-", "-", "b"), ("sales", "brand", "a")]


def test_a_line_that_is_no_row_is_not_lost_in_silence(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,gtm_motion\na,hybrid\nb,hybrid,more\n")
    df = spark_files.companies_in(spark, spark_files.Files((f"{tmp_path}/a.csv",)), BOOK)
    with pytest.raises(dottedline.InputError, match="Malformed CSV record: b,hybrid,more"), spark_files.reported():
        evaluate(df, keep=["name"]).collect()


# --- the command --------------------------------------------------------------------


def test_command(cluster: Cluster, files: str, table: pa.Table, tmp_path: Path) -> None:
    few = "--conf spark.executor.memory=512m --conf spark.cores.max=2 --conf spark.ui.enabled=false"
    command = [sys.executable, "-m", "dottedline.cli", "evaluate", f"{files}/*.parquet", "-o", str(tmp_path / "out")]
    done = subprocess.run(
        [*command, "--keep", "name", "--spark", cluster.url, "--quiet"],
        env={**os.environ, **ENVIRONMENT, "PYSPARK_SUBMIT_ARGS": f"{few} pyspark-shell", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert f"3 rows rejected; why is in `{tmp_path / 'out'}`" in done.stderr
    found = pq.read_table(tmp_path / "out").sort_by("name").to_pylist()
    assert found == on_one_machine(table)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--jobs", "2"], "--jobs does not go with --spark"),
        (["--resume"], "--resume does not go with --spark"),
        (["--strict"], "--strict does not go with --spark"),
        (["--rejects", "r.csv"], "--rejects does not go with --spark"),
        (["--to", "csv"], "with --spark, the output is a folder of Parquet"),
        (["--from", "arrow"], "with --spark, files cannot be read as `arrow`"),
        (["b.ndjson"], "with --spark, all files are in one format, not in `csv`, `ndjson`"),
        (["folder"], "the format of the files in `folder` is not known"),
    ],
)
def test_command_refuses(options: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    done = CliRunner().invoke(main, ["evaluate", "a.csv", *options, "-o", "out", "--spark", "spark://nowhere:1"])
    assert done.exit_code == 1
    assert done.output.startswith(f"error: {message}\n")

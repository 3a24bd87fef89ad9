"""The SQL that is exported, run by real databases over a table of profiles."""
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import needs
from dottedline.exports.sql import Query, tables_sql
from dottedline.exports.tables import tables_of
from exported import (
    BOOKS,
    EVERY_ROW,
    contradictions,
    exported,
    impossible,
    load,
    random_book,
    tried,
)

TYPES = {"yes_no": "BOOLEAN", "choice": "TEXT", "set": "TEXT", "number": "DOUBLE PRECISION"}


class Sqlite:
    dialect = "sqlite"

    def __init__(self):
        self.connection = sqlite3.connect(":memory:")
        self.run = self.connection.execute

    def rows(self, query):
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor]


class DuckDB:
    dialect = "duckdb"

    def __init__(self):
        self.connection = needs("duckdb").connect()
        self.run = self.connection.execute

    def rows(self, query):
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


class Postgres:
    """A server of its own, on a socket in a folder of its own."""

    dialect = "postgres"

    def __init__(self, folder, user):
        self.folder, self.user = folder, user

    def run(self, statement, *options):
        done = subprocess.run([*self.user, Path(needs("postgres"), "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h",
                               self.folder, "-d", "postgres", *options], input=statement, capture_output=True, text=True,
                              timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, query):
        query = query.rstrip().rstrip(";")
        return [json.loads(line) for line in self.run(f"SELECT to_json(r) FROM (\n{query}\n) AS r;", "-At").splitlines()]


@pytest.fixture(scope="session")
def postgres():
    with postgres_server() as server:
        yield server


@contextmanager
def postgres_server():
    programs = Path(needs("postgres"))
    # A socket's path may have 107 characters at most; PostgreSQL refuses to run as root.
    folder = tempfile.mkdtemp(prefix="dl-pg-", dir="/tmp")
    user = []
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
    def call(*command):
        subprocess.run([*user, *map(str, command)], check=True, capture_output=True, timeout=120, cwd="/")
    call(programs / "initdb", "-D", f"{folder}/data", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    call(programs / "pg_ctl", "-D", f"{folder}/data", "-w", "-t", "60", "-l", f"{folder}/log", "-o", options, "start")
    try:
        yield Postgres(folder, user)
    finally:
        call(programs / "pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "duckdb", "postgres"])
def database(request):
    if request.param == "postgres":
        return request.getfixturevalue("postgres")
    return {"sqlite": Sqlite, "duckdb": DuckDB}[request.param]()


# --- profiles as a table ------------------------------------------------------------

def name(text):
    return '"' + text.replace('"', '""') + '"'


def literal(value):
    if isinstance(value, list):
        value = ",".join(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else str(value).upper() if isinstance(value, bool) else repr(value)


def fill(database, facts, profiles, table="profiles"):
    columns = ", ".join(["id INTEGER", *(f"{name(id)} {TYPES[fact['type']]}" for id, fact in facts.items())])
    database.run(f"DROP TABLE IF EXISTS {name(table)};")
    database.run(f"CREATE TABLE {name(table)} ({columns});")
    rows = [f"({', '.join([str(n), *(literal(profile.get(id)) for id in facts)])})" for n, profile in enumerate(profiles)]
    for start in range(0, len(rows), 400):
        database.run(f"INSERT INTO {name(table)} VALUES {', '.join(rows[start:start + 400])};")


def row_of(said):
    """What `consult` says, as the columns of a row."""
    row = {}
    for kind in ("decisions", "derived"):
        for id, advice in said[kind].items():
            row.update({f"{id}.{part}": advice[part] for part in ("status", "outcome", "modality", "inferred")})
            row.update({f"{id}.{part}": " ".join(advice[part]) for part in ("rules", "remarks", "overridden")})
            row[f"{id}.options"] = " ".join(f"{o['outcome']}:{o['modality']}:{o['rule']}" for o in advice["options"])
    for id, found in said["findings"].items():
        row.update({f"{id}.{part}": found and found[part] for part in ("state", "modality", "rule")})
    return row


def check(database, book, facts, cases, broken, dialect):
    """Hold what the database selects against what `consult` says."""
    fill(database, facts, [profile for profile, _ in cases])
    rows = sorted(database.rows(tables_sql(tables_of(book), Query(), dialect)), key=lambda row: row["id"])
    assert [row.pop("id") for row in rows] == list(range(len(cases)))
    for (profile, said), row in zip(cases, rows):
        assert (row.pop("contradictions") or "").split() == broken(profile), profile
        assert row.pop("impossible") is None, profile
        expected = dict.fromkeys(row) if broken(profile) else row_of(said)
        assert row == expected, profile


@pytest.mark.parametrize("rows", [{}, pytest.param(EVERY_ROW, marks=pytest.mark.slow)], ids=["some", "every row"])
@pytest.mark.parametrize("book", BOOKS)
def test_same_as_consult(database, book, rows):
    needs("sqlglot")
    tables = exported(book)
    check(database, load(book), tables["facts"], tried(book, **rows), lambda p: contradictions(tables, p), database.dialect)


@pytest.mark.parametrize("book", BOOKS)
def test_portable(database, book):
    """Without a dialect it is SQL that each of them takes."""
    tables = exported(book)
    check(database, load(book), tables["facts"], tried(book)[::3], lambda p: contradictions(tables, p), None)


@settings(max_examples=20)
@given(st.data())
def test_random_rulebooks(data):
    with random_book(data) as (book, tables, cases):
        check(Sqlite(), book, tables["facts"], cases, lambda p: contradictions(tables, p), None)


@pytest.mark.parametrize("book", BOOKS)
def test_values_that_cannot_be(database, book):
    """They are told, and such a row has no result."""
    tables = exported(book)
    cases = [*impossible(tables)]
    fill(database, tables["facts"], [profile for _, profile in cases])
    rows = sorted(database.rows(tables_sql(tables_of(load(book)), Query())), key=lambda row: row["id"])
    for (id, profile), row in zip(cases, rows, strict=True):
        assert row["impossible"] == id, profile
        assert {value for name, value in row.items() if name not in ("id", "impossible")} == {None}

"""docs/mysql.md: its SQL runs as it stands, and its tables leave nothing out."""

from __future__ import annotations

import os
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from opencode.config import load_config
from opencode.config.dsn import parse_dsn
from opencode.db.mysql_obstacles import find_obstacles, find_warnings, find_write_obstacle
from opencode.parts import Text
from opencode.store import Store, open_store
from tests.conftest import PROJECT
from tests.servers.plugin import StartServer
from tools import mysql_docs
from tools.servers.account import Account

DOCUMENT = PROJECT / "docs" / "mysql.md"
DAILY = Account("opencode", "a long password", database="opencode")
MIGRATIONS = "opencode_admin:another long password@/"


def sql(section: str, product: str) -> list[str]:
    """The statements in the SQL blocks of a section and those below it, for one product."""
    start = DOCUMENT.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2]
    assert start, section
    blocks = re.findall(
        r"^```sql\n(.*?)^```$", start.partition("\n## ")[0], re.DOTALL | re.MULTILINE
    )
    other = "-- MariaDB" if product == "mysql" else "-- MySQL"
    text = "".join(block for block in blocks if not block.startswith(other))
    return [statement for statement in re.split(r";\n", text) if statement.strip()]


def run(account: Account, statements: list[str]) -> None:
    assert statements
    with closing(account.connect()) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def open_daily(directory: Path, server: Account, **environ: str) -> Store:
    dsn = f"opencode:{DAILY.password}@tcp(127.0.0.1:{server.port})/opencode"
    return open_store(
        directory,
        project="github.com/acme/app",
        dsn=dsn,
        environ={"HOME": os.environ["HOME"], **environ},
    )


def test_all_sql_in_the_order_of_the_document(start_mysql: StartServer, tmp_path: Path) -> None:
    """What is set up is enough for the first start, and what comes later leaves it working."""
    server = start_mysql("--log-bin=binlog", "--log-bin-trust-function-creators=OFF").server
    admin, product = server.admin, server.product
    run(admin, sql("Setting up the server", product))
    with open_daily(tmp_path, admin, OPENCODE_MYSQL_MIGRATION_DSN=MIGRATIONS) as store:
        assert store.upgraded
        session = store.sessions.create(title="One")
    for section in ("Migrations", "What the administrator should know"):
        run(admin, sql(section, product))
        with open_daily(tmp_path, admin) as store:
            store.messages.append(session.id, role="user", parts=[Text("Still at work")])
    run(admin, sql("Encryption", product))


def test_the_account_for_backups_reads_what_a_backup_takes(
    start_mysql: StartServer, tmp_path: Path
) -> None:
    """The five triggers with what they do, which the daily account would leave out."""
    server = start_mysql("--log-bin-trust-function-creators=ON").server
    run(server.admin, sql("Setting up the server", server.product))
    open_daily(tmp_path, server.admin, OPENCODE_MYSQL_MIGRATION_DSN=MIGRATIONS).close()
    made = sql("What the administrator should know", server.product)
    run(server.admin, [statement for statement in made if "opencode_backup" in statement])
    backup = replace(DAILY, user="opencode_backup", password="a third long password")
    for account, seen in ((backup, 5), (DAILY, 0)):
        with (
            closing(replace(account, port=server.admin.port).connect()) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "SELECT action_statement FROM information_schema.triggers"
                " WHERE event_object_schema = 'opencode'"
            )
            assert sum(bool(body) for (body,) in cursor.fetchall()) == seen
            for table in ("sessions", "messages", "files"):
                cursor.execute(f"SELECT * FROM {table}")


def test_retention_deletes_what_is_old_and_what_is_below(
    start_mysql: StartServer, tmp_path: Path
) -> None:
    server = start_mysql("--log-bin-trust-function-creators=ON").server
    run(server.admin, sql("Setting up the server", server.product))
    deleting = [
        statement
        for statement in sql("What the administrator should know", server.product)
        if statement.startswith("DELETE")
    ]
    with open_daily(tmp_path, server.admin, OPENCODE_MYSQL_MIGRATION_DSN=MIGRATIONS) as store:
        old = store.sessions.create(title="Old")
        child = store.sessions.create(title="Below", parent=old.id)
        store.sessions.create(title="New")
        store.messages.append(child.id, role="user", parts=[Text("Gone with it")])
        run(server.admin.using("opencode"), [f"UPDATE sessions SET updated_at = 1 {where(old.id)}"])
        run(server.admin.using("opencode"), deleting)
        assert [one.title for one in store.sessions.list(children=True).items] == ["New"]
        assert store.status().messages == 0
        assert store.check().ok


def where(session_id: str) -> str:
    return f"WHERE id = '{session_id}'"


def test_every_obstacle_is_in_the_document() -> None:
    found, change = mysql_docs.worst()
    obstacles = [*find_obstacles(found, change), find_write_obstacle(found)]
    document = DOCUMENT.read_text(encoding="utf-8")
    assert len(obstacles) == 8
    for obstacle in obstacles:
        assert obstacle
        assert f"| {obstacle.message} |" in document
    assert list(find_warnings(found))


def test_every_meaning_is_in_the_document_once() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    table = document.partition("<!-- begin messages")[2].partition("<!-- end messages")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(set(rows)) == len(mysql_docs.meanings())
    assert not re.search(r"[{}]", table)


def test_examples_of_the_configuration_are_accepted(tmp_path: Path) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    (example,) = re.findall(r"^```json\n(.*?)^```$", document, re.DOTALL | re.MULTILINE)
    (tmp_path / ".opencode.json").write_text(example)
    (tmp_path / "db-ca.pem").touch()
    config = load_config(tmp_path, environ={"OPENCODE_PASSWORD": "x"})
    assert (config.provider, config.warnings) == ("mysql", ())
    (variable,) = re.findall(r"OPENCODE_MYSQL_DSN='(.+)'", document)
    dsns = re.findall(r"`((?:user|mysql):?[^`]*@[^`]+)`", document)
    assert len(dsns) == 4
    for dsn in (variable, *dsns):
        assert parse_dsn(dsn).database


def test_links_within_the_document_lead_somewhere() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", document, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([\w-]+)\)", document)) <= anchors

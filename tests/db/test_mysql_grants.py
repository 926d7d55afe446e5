"""What SHOW GRANTS says, against what the servers let an account do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from pymysql.constants import ER
from pymysql.err import MySQLError

from opencode.db.mysql_grants import Grants, read_grants
from opencode.db.mysql_surroundings import look
from tests.servers.plugin import MakeAccount
from tools.servers.account import Account, Connection
from tools.servers.server import Server

DENIED = {ER.TABLEACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR}

# Each fails whatever the privileges are, and without its own one in a way of its own. There is none
# for TRIGGER, which error 1419 hides on many servers.
PROBES = {
    "SELECT": "SELECT 1 FROM nothing",
    "INSERT": "INSERT INTO nothing VALUES ()",
    "UPDATE": "UPDATE nothing SET a = 1",
    "DELETE": "DELETE FROM nothing",
    "CREATE": "CREATE TABLE nothing (a INT, KEY (b))",
    "ALTER": "ALTER TABLE nothing ADD COLUMN a INT",
    "INDEX": "CREATE INDEX i ON nothing (a)",
    "DROP": "DROP TABLE nothing",
}


def read(*lines: str, database: str = "app", literal: bool = False, united: bool = False) -> Grants:
    return read_grants(lines, database, literal=literal, united=united)


@pytest.mark.parametrize(
    ("line", "here"),
    [
        ("GRANT SELECT, DELETE ON `app`.* TO `ann`@`%`", {"SELECT", "DELETE"}),
        ("GRANT ALL PRIVILEGES ON `app`.* TO 'ann'@'%' WITH GRANT OPTION", {"ALL PRIVILEGES"}),
        ("GRANT SELECT ON *.* TO `ann`@`%` IDENTIFIED BY PASSWORD '*01' REQUIRE SSL", {"SELECT"}),
        ("GRANT SELECT ON app.* TO ann@%", {"SELECT"}),
        ("GRANT SELECT ON `APP`.* TO `ann`@`%`", {"SELECT"}),
        ("GRANT CREATE TEMPORARY TABLES ON `app`.* TO `ann`@`%`", {"CREATE TEMPORARY TABLES"}),
        ("GRANT DELETE HISTORY ON `app`.* TO `ann`@`%`", {"DELETE HISTORY"}),
        (
            "GRANT SELECT, UPDATE (`a`, `b`), INSERT ON `app`.`t` TO `ann`@`%`",
            {"SELECT", "UPDATE", "INSERT"},
        ),
        ("GRANT SELECT ON `a__`.* TO `ann`@`%`", {"SELECT"}),
        ("GRANT SELECT ON `a%`.* TO `ann`@`%`", {"SELECT"}),
        (r"GRANT SELECT ON `a\_%`.* TO `ann`@`%`", set()),
        ("GRANT SELECT ON `application`.* TO `ann`@`%`", set()),
        ("GRANT SELECT ON `a``p``p`.* TO `ann`@`%`", set()),
        ("GRANT EXECUTE ON PROCEDURE `app`.`p` TO `ann`@`%`", set()),
        ("GRANT PROXY ON ``@`` TO `root`@`localhost` WITH GRANT OPTION", set()),
        ("GRANT `writers`@`%` TO `ann`@`%`", set()),
        ("SET DEFAULT ROLE `writers` FOR `ann`@`%`", set()),
        ("", set()),
    ],
)
def test_a_line(line: str, here: set[str]) -> None:
    assert read(line).here == here


def test_escaped_names_are_no_patterns() -> None:
    line = r"GRANT SELECT ON `my\_app`.* TO `ann`@`%`"
    assert read(line, database="my_app").here == {"SELECT"}
    assert read(line, database="myxapp").here == set()
    assert read("GRANT SELECT ON `a``b`.* TO a", database="a`b").here == {"SELECT"}


def test_with_partial_revokes_names_are_literal() -> None:
    lines = ["GRANT SELECT, INSERT ON *.* TO `a`@`%`", "REVOKE INSERT ON `my_app`.* FROM `a`@`%`"]
    assert read(*lines, database="my_app", literal=True).here == {"SELECT"}
    assert read(*lines, database="myxapp", literal=True).here == {"SELECT", "INSERT"}
    assert read(*lines, database="my_app", literal=True).everywhere == {"SELECT", "INSERT"}


def test_a_plain_name_hides_patterns_of_the_same_grantee() -> None:
    lines = ["GRANT ALL PRIVILEGES ON `a%`.* TO `ann`@`%`", "GRANT SELECT ON `app`.* TO `ann`@`%`"]
    role = "GRANT INSERT ON `ap%`.* TO `writers`"
    assert read(*lines).lacking(["SELECT", "INSERT", "DROP"]) == ["INSERT", "DROP"]
    assert read(*lines, role).lacking(["SELECT", "INSERT", "DROP"]) == ["DROP"]
    assert read(*lines, united=True).lacking(["SELECT", "INSERT", "DROP"]) == []


def test_administrative_privileges_are_those_on_the_whole_server() -> None:
    assert read("GRANT SUPER ON *.* TO `ann`@`%`").has_any_of(["SUPER", "X"])
    assert read("GRANT ALL PRIVILEGES ON *.* TO `ann`@`%`").has_any_of(["SUPER"])
    assert not read("GRANT ALL PRIVILEGES ON `app`.* TO `ann`@`%`").has_any_of(["SUPER"])


@pytest.mark.parametrize(
    ("line", "roles"),
    [
        ("GRANT `writers` TO `ann`@`%`", True),
        ("GRANT `r`@`%`,`s`@`%` TO `ann`@`%`", True),
        ("GRANT USAGE ON *.* TO `ann`@`%`", False),
    ],
)
def test_roles(line: str, roles: bool) -> None:
    assert read(line).roles is roles


@pytest.fixture
def admin(mysql_server: Server) -> Iterator[Connection]:
    with closing(mysql_server.admin.using("").connect()) as connection:
        yield connection


def execute(connection: Connection, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def granted_by_server(connection: Connection) -> set[str]:
    """What the server lets the account try."""
    granted = set()
    for privilege, statement in PROBES.items():
        with pytest.raises(MySQLError) as raised:
            execute(connection, statement)
        if raised.value.args[0] not in DENIED:
            granted.add(privilege)
    return granted


GRANTS = [
    ["GRANT ALL ON {pattern}.* TO {user}"],
    ["GRANT ALL ON {name}.* TO {user}"],
    ["GRANT SELECT, INSERT, UPDATE, DELETE ON {name}.* TO {user}"],
    ["GRANT CREATE, ALTER, TRIGGER ON `oc%`.* TO {user}"],
    ["GRANT ALL ON `oc%`.* TO {user}", "GRANT SELECT, DROP ON {pattern}.* TO {user}"],
    ["GRANT INDEX, DROP ON *.* TO {user}", "GRANT INSERT ON {pattern}.* TO {user}"],
    [
        "GRANT SELECT ON {pattern}.* TO {user}",
        "GRANT UPDATE, CREATE ON {pattern}.* TO {role}",
        "GRANT {role} TO {user}",
    ],
    [
        "GRANT SELECT ON {pattern}.* TO {user}",
        "GRANT UPDATE, CREATE ON {pattern}.* TO {role}",
        "GRANT {role} TO {user}",
        "SET DEFAULT ROLE {role} {for_} {user}",
    ],
]

# Where the servers choose one of several patterns, each in its own way.
UNCLEAR = [
    ["GRANT SELECT, DROP ON `oc%`.* TO {user}", "GRANT INSERT ON {name}.* TO {user}"],
    ["GRANT SELECT, DROP ON `o%`.* TO {user}", "GRANT INSERT ON `oc%`.* TO {user}"],
    [
        "GRANT SELECT ON {pattern}.* TO {user}",
        "GRANT UPDATE, CREATE ON `oc%`.* TO {role}",
        "GRANT {role} TO {user}",
        "SET DEFAULT ROLE {role} {for_} {user}",
    ],
]


@pytest.mark.parametrize("statements", [*GRANTS, *UNCLEAR])
def test_nobody_is_turned_away_who_may_go_on(
    mysql_server: Server,
    mysql_database: str,
    mysql_account: MakeAccount,
    admin: Connection,
    statements: list[str],
) -> None:
    account = Account.parse(mysql_account(mysql_database))
    words = {
        "user": f"'{account.user}'@'%'",
        "role": f"{account.user}_role",
        "name": f"`{account.database}`",
        "pattern": "`{}`".format(account.database.replace("_", r"\_")),
        "for_": "TO" if mysql_server.product == "mysql" else "FOR",
    }
    execute(admin, f"CREATE ROLE {words['role']}")
    try:
        execute(admin, *(statement.format_map(words) for statement in statements))
        with closing(account.connect()) as connection:
            grants = look(connection).grants
            assert grants is not None
            read = {name for name in PROBES if not grants.lacking([name])}
            granted = granted_by_server(connection)
            assert read >= granted
            assert read == granted or statements in UNCLEAR
    finally:
        execute(admin, f"DROP ROLE {words['role']}")

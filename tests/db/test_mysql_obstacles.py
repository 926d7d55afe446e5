"""What is said of an account and a server on which migrations would fail, without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from opencode.db.migrations import shipped_migrations
from opencode.db.mysql_grants import Grants
from opencode.db.mysql_obstacles import (
    MIGRATING,
    Change,
    find_obstacles,
    find_warnings,
    find_write_obstacle,
)
from opencode.db.mysql_preflight import needed_privileges
from opencode.db.mysql_surroundings import Surroundings
from opencode.errors import Obstacle

EVERYTHING = frozenset({"ALL PRIVILEGES"})
NOTHING: frozenset[str] = frozenset()
APPLY = Change("apply", frozenset(MIGRATING) - {"DROP"})
ROLLBACK = Change("rollback", frozenset(MIGRATING))
MARIADB = "10.11.19-MariaDB-0+deb12u1-log"
BY_HAND = "have an administrator apply what `opencode db migrate --dry-run` prints"

GRANT = "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, REFERENCES, TRIGGER"
SET = "SET PERSIST log_bin_trust_function_creators = 1"


def surroundings(
    variables: Mapping[str, str] | None = None,
    *,
    database: str = "sessions",
    account: str = "ann@%",
    here: frozenset[str] = EVERYTHING,
    everywhere: frozenset[str] = NOTHING,
    roles: bool = False,
    role: str = "",
) -> Surroundings:
    """An ordinary account on a MySQL server where nothing is in the way."""
    grants = Grants(here, everywhere, roles=roles)
    return Surroundings(account, role, database, grants, {"version": "9.7.4", **(variables or {})})


def only(found: Surroundings, change: Change = APPLY) -> Obstacle:
    (obstacle,) = find_obstacles(found, change)
    return obstacle


def messages(found: Surroundings, change: Change = APPLY) -> list[str]:
    return [obstacle.message for obstacle in find_obstacles(found, change)]


def test_nothing_is_in_the_way() -> None:
    assert messages(surroundings()) == []
    assert find_write_obstacle(surroundings()) is None
    assert list(find_warnings(surroundings({"max_allowed_packet": "16777216"}))) == []


def test_missing_privileges_are_named_with_the_grant_that_gives_them() -> None:
    obstacle = only(surroundings(here=frozenset(MIGRATING) - {"ALTER", "TRIGGER", "DROP"}))
    assert obstacle.message == "the account ann@% lacks ALTER, TRIGGER on sessions"
    assert obstacle.remedies == (
        f"{GRANT} ON `sessions`.* TO 'ann'@'%'",
        "set OPENCODE_MYSQL_MIGRATION_DSN to an account that has them",
        BY_HAND,
    )


def test_undoing_the_first_migration_needs_drop() -> None:
    found = surroundings(here=frozenset(MIGRATING) - {"DROP"})
    assert messages(found) == []
    obstacle = only(found, ROLLBACK)
    assert obstacle.message.endswith("lacks DROP on sessions")
    assert "TRIGGER, DROP ON" in obstacle.remedies[0]
    assert BY_HAND not in obstacle.remedies


def test_mariadb_asks_for_no_references() -> None:
    here = frozenset(MIGRATING) - {"REFERENCES"}
    assert messages(surroundings(here=here)) == ["the account ann@% lacks REFERENCES on sessions"]
    assert messages(surroundings({"version": MARIADB}, here=here)) == []


def test_a_role_that_is_not_active_is_thought_of() -> None:
    remedy = "activate the role that has them (SET DEFAULT ROLE)"
    assert remedy in only(surroundings(here=NOTHING, roles=True)).remedies
    assert remedy not in only(surroundings(here=NOTHING, roles=True, role="writers")).remedies


@pytest.mark.parametrize(
    ("database", "account", "variables", "grant"),
    [
        ("my_app%", "ann@10.%", {}, r"ON `my\_app\%`.* TO 'ann'@'10.%'"),
        ("my_app", "ann@%", {"partial_revokes": "ON"}, "ON `my_app`.* TO 'ann'@'%'"),
        ("a`b", "o'neil@x@::1", {}, "ON `a``b`.* TO 'o''neil@x'@'::1'"),
    ],
)
def test_names_in_a_grant_are_quoted(
    database: str, account: str, variables: dict[str, str], grant: str
) -> None:
    found = surroundings(variables, database=database, account=account, here=NOTHING)
    assert only(found).remedies[0].endswith(grant)


LOGGING = {"log_bin": "ON", "log_bin_trust_function_creators": "OFF"}


def test_triggers_with_a_binary_log() -> None:
    obstacle = only(surroundings(LOGGING))
    assert "the account ann@% may not make triggers" in obstacle.message
    assert "(error 1419)" in obstacle.message
    assert obstacle.remedies == (
        f"{SET} (on a managed server: in its parameter group)",
        "set OPENCODE_MYSQL_MIGRATION_DSN to an administrator's account, which has SUPER",
        BY_HAND,
    )
    assert only(surroundings({**LOGGING, "version": MARIADB})).remedies[0] == (
        "SET GLOBAL log_bin_trust_function_creators = 1, and "
        "log_bin_trust_function_creators = 1 under [mysqld] in its configuration file"
    )


@pytest.mark.parametrize(
    "found",
    [
        surroundings({**LOGGING, "log_bin": "OFF"}),
        surroundings({**LOGGING, "log_bin_trust_function_creators": "ON"}),
        surroundings(LOGGING, everywhere=frozenset({"SUPER"})),
        surroundings(LOGGING, everywhere=EVERYTHING),
        replace(surroundings(LOGGING), grants=None),
    ],
)
def test_triggers_are_no_obstacle(found: Surroundings) -> None:
    assert messages(found) == []


def test_changes_without_triggers_do_not_mind_the_binary_log() -> None:
    assert messages(surroundings(LOGGING), Change("apply", frozenset({"ALTER"}))) == []


def test_galera_logs_whatever_log_bin_says() -> None:
    assert messages(surroundings({**LOGGING, "log_bin": "OFF", "wsrep_on": "ON"}))


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (
            {"group_replication_enforce_update_everywhere_checks": "ON"},
            "takes no cascading foreign keys",
        ),
        ({"log_bin": "1", "binlog_format": "STATEMENT"}, "binlog_format is STATEMENT"),
        ({"enforce_storage_engine": "Aria"}, "enforce_storage_engine is Aria"),
        ({"innodb_page_size": "8192"}, "pages of 8,192 bytes are too small"),
    ],
)
def test_settings_in_the_way(variables: dict[str, str], message: str) -> None:
    found = surroundings({"log_bin_trust_function_creators": "ON", **variables})
    obstacle = only(found)
    assert message in obstacle.message
    assert obstacle.remedies


def test_what_the_server_cannot_do() -> None:
    bare = replace(surroundings(), has_innodb=False, collations=frozenset({"utf8mb4_bin"}))
    assert messages(bare) == [
        "the server makes no InnoDB tables: it is switched off",
        "the server does not know the collation ascii_bin",
    ]


def test_all_is_told_at_once() -> None:
    found = surroundings({**LOGGING, "binlog_format": "STATEMENT"}, here=frozenset({"SELECT"}))
    assert len(messages(found)) == 3


@pytest.mark.parametrize(
    ("variables", "everywhere", "named"),
    [
        ({"read_only": "ON"}, NOTHING, "read_only"),
        ({"read_only": "NO_LOCK_NO_ADMIN"}, NOTHING, "read_only"),
        ({"read_only": "ON"}, frozenset({"CONNECTION_ADMIN"}), ""),
        ({"read_only": "ON", "version": MARIADB}, frozenset({"READ_ONLY ADMIN"}), ""),
        ({"read_only": "ON", "version": MARIADB}, frozenset({"SUPER"}), "read_only"),
        ({"read_only": "ON", "super_read_only": "ON"}, EVERYTHING, "super_read_only"),
        ({"innodb_read_only": "ON"}, EVERYTHING, "innodb_read_only"),
        ({"tx_read_only": "ON"}, EVERYTHING, "tx_read_only"),
        ({"transaction_read_only": "ON"}, EVERYTHING, "transaction_read_only"),
        ({"read_only": "OFF", "tx_read_only": "0"}, NOTHING, ""),
    ],
)
def test_a_read_only_server(
    variables: dict[str, str], everywhere: frozenset[str], named: str
) -> None:
    obstacle = find_write_obstacle(surroundings(variables, everywhere=everywhere))
    told = obstacle.message if obstacle else ""
    assert told == (f"the server accepts no writes ({named})" if named else "")


def test_a_small_packet_is_warned_of() -> None:
    (warning,) = find_warnings(surroundings({"max_allowed_packet": "4194304"}))
    assert "at most 4,194,304 bytes (max_allowed_packet)" in warning
    assert "SET PERSIST max_allowed_packet = 67108864" in warning


def test_privileges_are_read_off_the_migrations() -> None:
    migrations = shipped_migrations("mysql")
    by_name = {migration.name: migration for migration in migrations}
    daily = {"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE"}
    assert needed_privileges(migrations, "apply") == APPLY.privileges
    assert needed_privileges(migrations, "rollback") == ROLLBACK.privileges - {"REFERENCES"}
    assert needed_privileges([by_name["session author"]], "apply") == daily | {"ALTER"}
    assert needed_privileges([by_name["session listing indexes"]], "apply") == daily | {"INDEX"}
    assert needed_privileges([by_name["initial"]], "rollback") == daily | {"DROP"}

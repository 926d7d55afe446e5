"""The program a DBA runs SQL with: `mariadb` or `mysql`, as a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tools.servers.account import Account

__all__ = ["run_sql"]


def run_sql(account: Account, sql: str) -> str:
    """Feed SQL to the client and return what it printed; fails where the client does."""
    program = shutil.which("mariadb") or shutil.which("mysql")
    if program is None:
        pytest.skip("MySQL: needs the program mariadb or mysql (apt-get install mariadb-client)")
    done = subprocess.run(
        [
            *(program, "--no-defaults", "--batch", f"--user={account.user}"),
            *(f"--host={account.host}", f"--port={account.port}", "--protocol=tcp"),
            # Newer ones of MariaDB's check the certificate, which is of a private authority here.
            *("--loose-skip-ssl-verify-server-cert", account.database),
        ],
        input=sql,
        env={**os.environ, "MYSQL_PWD": account.password},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout

from __future__ import annotations

import pytest

from opencode.text.secrets import redact

SECRETS = [
    "mysql://ada:s3cret@db:3306/x",
    "https://s3cret@github.com/acme/app.git",
    "https://user:s3cret@proxy:8080",
    "mysql://ada:s3/s3cret?#@db/x",
    "MYSQL://ada:p%40s3cret@db/x",
    "ada:s3cret@tcp(db:3306)/sessions?tls=true",
    "ada:p@s3cret@tcp(db:3306)/sessions",
    "ada:s3cret@unix(/run/mysql.sock)/sessions",
    "connect(host='db', password='s3cret', port=1)",
    "connect(password=b's3cret')",
    "{'user': 'ada', 'password': 's3cret'}",
    '{"password": "s3cr\\"et s3cret"}',
    "OPENCODE_MYSQL_PASSWORD=s3cret",
    "access_token=s3cret&x=1",
    "api_key = s3cret",
]


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_are_taken_out(text: str) -> None:
    assert "s3cret" not in redact(f"before {text} after")


@pytest.mark.parametrize("text", SECRETS)
def test_what_surrounds_a_secret_stays(text: str) -> None:
    redacted = redact(f"before {text} after")
    assert redacted.startswith("before ")
    assert redacted.endswith(" after")
    assert "***" in redacted


@pytest.mark.parametrize(
    "text",
    [
        "git@github.com:acme/app.git",
        "prompt_tokens=12, completion_tokens=3",
        "sessionProvider.mysql.password: not set",
        "https://github.com/acme/app",
        "ssh://github.com:22/acme/app@v1",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text

"""Both forms of a MySQL DSN."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode.config.dsn import DSN, BrokenDSN, parse_dsn, redact_dsn
from opencode.config.model import TLSMode
from opencode.config.server import Secret


def dsn(**values: object) -> DSN:
    """A DSN on db:3306/sessions by me, with the given differences."""
    base: dict[str, object] = {
        "username": "me",
        "host": "db",
        "port": 3306,
        "database": "sessions",
    }
    merged = base | values
    if isinstance(merged.get("password"), str):
        merged["password"] = Secret(str(merged["password"]))
    return DSN(**merged)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("me:pw@tcp(db:3307)/sessions", dsn(password="pw", port=3307)),
        ("me:pw@tcp(db)/sessions", dsn(password="pw")),
        ("me@(db:3306)/sessions", dsn()),
        ("me:@tcp(db)/sessions", dsn(password="")),
        ("me@tcp/sessions", dsn(host="127.0.0.1")),
        ("me@/sessions", dsn(host=None, port=None)),
        ("/sessions", dsn(username=None, host=None, port=None)),
        ("/", dsn(username=None, host=None, port=None, database=None)),
        ("tcp(db)/", dsn(username=None, database=None)),
        (
            "me@unix(/run/my sql.sock)/sessions",
            dsn(host=None, port=None, socket="/run/my sql.sock"),
        ),
        ("me@unix/sessions", dsn(host=None, port=None, socket="/tmp/mysql.sock")),
        ("me@unix(/tmp/a(b).sock)/sessions", dsn(host=None, port=None, socket="/tmp/a(b).sock")),
        ("me:pw@tcp([::1]:3307)/sessions", dsn(password="pw", host="::1", port=3307)),
        ("me@tcp([fe80::1%25eth0])/sessions", dsn(host="fe80::1%eth0")),
        ("me@tcp6([de:ad:be:ef::ca:fe]:80)/sessions", dsn(host="de:ad:be:ef::ca:fe", port=80)),
        ("me:p@ss:w/o?r#d()%41@tcp(db)/sessions", dsn(password="p@ss:w/o?r#d()%41")),
        ("me:p@tcp(x)/y@tcp(db)/sessions", dsn(password="p@tcp(x)/y")),
        ("root://x@tcp(db)/sessions", dsn(username="root", password="//x")),
        ("me@tcp(db)/my%20data%2Fbase", dsn(database="my data/base")),
        (
            "me:pw@tcp(db)/sessions?tls=skip-verify&parseTime=true&charset=utf8mb4&loc=Local",
            dsn(password="pw", tls=TLSMode.REQUIRED),
        ),
        (
            "me@tcp(db)/sessions?timeout=5s&readTimeout=1m30s&writeTimeout=250ms",
            dsn(connection_timeout=5.0, read_timeout=90.0, write_timeout=0.25),
        ),
        (
            "me@tcp(db)/sessions?tls=verify-ca&ssl-ca=/etc/my ca.pem",
            dsn(tls=TLSMode.VERIFY_CA, ca="/etc/my ca.pem"),
        ),
        ("me@tcp(db)/sessions?", dsn()),
    ],
)
def test_go_form(text: str, expected: DSN) -> None:
    assert parse_dsn(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mysql://me:pw@db:3307/sessions", dsn(password="pw", port=3307)),
        ("MySQL://me@db/sessions", dsn()),
        ("mariadb://me@db/sessions", dsn()),
        ("mysql://me:p%40s%2Fs%3A%3F%23%25%20%C3%A9@db/sessions", dsn(password="p@s/s:?#% é")),
        ("mysql://me:p@ss:w@db/sessions", dsn(password="p@ss:w")),
        ("mysql://m%40e:pw@db/sessions", dsn(username="m@e", password="pw")),
        ("mysql://me@[::1]/sessions", dsn(host="::1")),
        ("mysql://me@[::1]:3307/sessions", dsn(host="::1", port=3307)),
        ("mysql://me:@db/sessions", dsn(password="")),
        ("mysql://db/sessions", dsn(username=None)),
        ("mysql://me@db", dsn(database=None)),
        ("mysql://me@db/", dsn(database=None)),
        ("mysql://me@db?tls=false", dsn(database=None, tls=TLSMode.DISABLED)),
        ("mysql://me@/sessions", dsn(host=None, port=None)),
        (
            "mysql://me@localhost/sessions?socket=/run/mysql.sock",
            dsn(host=None, port=None, socket="/run/mysql.sock"),
        ),
        (
            "mysql://me@/sessions?socket=%2Frun%2Fmysql.sock",
            dsn(host=None, port=None, socket="/run/mysql.sock"),
        ),
        (
            "mysql://me@%2Frun%2Fmysql.sock/sessions",
            dsn(host=None, port=None, socket="/run/mysql.sock"),
        ),
        (
            "mysql://me@db/sessions?ssl-mode=VERIFY_IDENTITY&ssl-ca=/ca&ssl-cert=/c&ssl-key=/k",
            dsn(tls=TLSMode.VERIFY_IDENTITY, ca="/ca", cert="/c", key="/k"),
        ),
    ],
)
def test_url_form(text: str, expected: DSN) -> None:
    assert parse_dsn(text) == expected


@pytest.mark.parametrize(
    ("value", "mode"),
    [
        ("true", TLSMode.VERIFY_IDENTITY),
        ("TRUE", TLSMode.VERIFY_IDENTITY),
        ("false", TLSMode.DISABLED),
        ("skip-verify", TLSMode.REQUIRED),
        *((mode.value, mode) for mode in TLSMode),
    ],
)
def test_tls_in_both_forms(value: str, mode: TLSMode) -> None:
    assert parse_dsn(f"me@tcp(db)/x?tls={value}").tls is mode
    assert parse_dsn(f"mysql://me@db/x?tls={value}").tls is mode


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("", "no / before the database", "tcp(host:3306)"),
        ("me:SECRET", "no / before the database", "tcp(host:3306)"),
        ("me:SECRET@tcp(db)", "no / before the database", "tcp(host:3306)"),
        ("me:SECRET@db/x", "wrong form", "tcp(host:3306)"),
        ("me:SECRET@db:3306/x", "wrong form", "tcp(host:3306)"),
        ("me:SECRET@udp(db)/x", "neither tcp nor unix", "tcp(host:3306)"),
        ("me:SECRET@tcp(db:port)/x", "host and port have the wrong form", "[::1]:3306"),
        ("me:SECRET@tcp(::1)/x", "host and port have the wrong form", "[::1]:3306"),
        ("me:SECRET@tcp(db:0)/x", "the port is out of range", "65535"),
        ("me:SECRET@tcp(db:99999)/x", "the port is out of range", "65535"),
        ("me:SECRET@tcp(a b)/x", "the host has the wrong form", "host name"),
        ("me:SECRET@tcp(db)/a%zz", "the database holds a % that encodes nothing", "%25"),
        ("me:SECRET@tcp(db)/x?tls=maybe", "unknown value of tls", "skip-verify"),
        ("me:SECRET@tcp(db)/x?tls=true&tls=false", "contradicts", "keep one"),
        ("me:SECRET@tcp(db)/x?readTimout=1s", "unknown parameter readTimout", "readTimeout"),
        ("me:SECRET@tcp(db)/x?time_zone=UTC", "unknown parameter time_zone", "remove it"),
        ("me:SECRET@tcp(db)/x?password=SECRET", "unknown parameter password", "remove it"),
        ("me:SECRET@tcp(db)/x?timeout=5", "timeout is not a duration", "30s"),
        ("me:SECRET@tcp(db)/x?timeout=0s", "timeout is 0", "more than 0"),
        ("me:SECRET@tcp(db)/x?readTimeout=-1s", "not a duration", "30s"),
        ("me:SECRET@tcp(db)/" + "x" * 65, "the database has 65 characters", "64"),
        ("postgres://me:SECRET@db/x", "the scheme is not mysql", "mysql://"),
        ("mysql://me:SECRET@db:port/x", "host and port", ""),
        ("mysql://me:SECRET@tcp(db:3306)/x", "host and port", "host:3306"),
        ("mysql://me:SEC/RET@db/x", "must be percent-encoded", "%2F"),
        ("mysql://me:123/SECRET@db/x", "must be percent-encoded", "%2F"),
        ("mysql://me:SEC#RET@db/x", "must be percent-encoded", "%23"),
        ("mysql://me:SEC?RET@db/x", "must be percent-encoded", "%3F"),
        ("mysql://me:SECRET%@db/x", "the password holds a %", "%25"),
        ("mysql://me:SECRET%FF@db/x", "the password is not UTF-8", "UTF-8"),
        ("mysql://me:SECRET@db/x/y", "the database holds a /", ""),
        ("mysql://me:SECRET@db/x?foo=SECRET", "unknown parameter foo", ""),
    ],
)
def test_broken_ones_are_told_without_password(text: str, message: str, remedy: str) -> None:
    with pytest.raises(BrokenDSN) as caught:
        parse_dsn(text)
    error = caught.value
    assert message in error.message
    assert remedy in error.remedy
    for part in ("SECRET", "SEC", "RET"):
        assert part not in error.message.replace("SECONDS", "")
        assert part not in error.remedy


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("me:SECRET@tcp(db:3306)/x?tls=true", "***@tcp(db:3306)/x?…"),
        ("tcp(db:3306)/x", "tcp(db:3306)/x"),
        ("me@/x", "***@…"),
        ("me:SECRET@unix(/run/s)/x", "***@unix(/run/s)/x"),
        ("mysql://me:SECRET@db:3306/x?tls=true", "mysql://***@…"),
        ("mysql://me:SEC/R@ET@[::1]:1/x", "mysql://***@…"),
        ("mysql://me:SECRET", "mysql://…"),
        ("me:SECRET", "…"),
        ("root:p@SECRET/x", "***@…"),
        ("postgres://me:SECRET@db/x", "***@…"),
        ("", "…"),
    ],
)
def test_redaction(text: str, shown: str) -> None:
    assert redact_dsn(text) == shown


ANY_PASSWORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
ADDRESSES = st.sampled_from(["tcp(db:3306)", "tcp([::1]:1)", "unix(/run/s)", "", "(h)", "tcp"])


@given(password=ANY_PASSWORD, address=ADDRESSES, options=st.sampled_from(["", "?tls=true"]))
def test_any_password_survives_gos_form(password: str, address: str, options: str) -> None:
    parsed = parse_dsn(f"me:{password}@{address}/sessions{options}")
    assert parsed.password
    assert parsed.password.reveal() == password
    assert (parsed.username, parsed.database) == ("me", "sessions")
    assert (parsed.tls is None) == (not options)


@given(password=ANY_PASSWORD, host=st.sampled_from(["db", "db:1", "[::1]", "[::1]:1", ""]))
def test_any_password_survives_the_url_form(password: str, host: str) -> None:
    parsed = parse_dsn(f"mysql://me:{quote(password, safe='')}@{host}/sessions?tls=true")
    assert parsed.password
    assert parsed.password.reveal() == password
    assert parsed.database == "sessions"


@given(
    password=st.text("xyz@:/?#%()[]&=", min_size=4, max_size=12),
    form=st.sampled_from(["me:{}@tcp(db:3306)/a", "mysql://me:{}@db:3306/a"]),
    data=st.data(),
)
def test_a_damaged_dsn_never_shows_the_password(
    password: str, form: str, data: st.DataObject
) -> None:
    secret = f"S3CR3T{password}S3CR3T"
    text = form.format(secret)
    start = text.index(secret)
    outside = [at for at in range(len(text)) if not start - 1 <= at <= start + len(secret)]
    at = data.draw(st.sampled_from(outside))
    text = text[:at] + data.draw(st.sampled_from(["", "(", "/", ":", "?", "%"])) + text[at + 1 :]
    assert "S3CR3T" not in redact_dsn(text)
    told = ""
    try:
        # May succeed: without its "@" the end of a password is a host.
        parse_dsn(text)
    except BrokenDSN as error:
        told = error.message + error.remedy
    assert "S3CR3T" not in told

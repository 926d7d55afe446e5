"""URLs of Git remotes and the names they give."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode.project.remote import clean_remote, normalize_remote


@pytest.mark.parametrize(
    "url",
    [
        "git@github.com:acme/app.git",
        "git@github.com:acme/app",
        "git@github.com:/acme/app.git",
        "someone@github.com:acme/app.git/",
        "github.com:acme/app.git",
        "GitHub.COM:acme/app.git",
        "[git@github.com]:acme/app.git",
        "[git@github.com:22]:acme/app.git",
        "ssh://git@github.com/acme/app.git",
        "ssh://git@github.com:22/acme/app.git",
        "ssh://github.com/acme/app",
        "ssh://git:pw@github.com/acme/app",
        "ssh://git@github.com/~/acme/app",
        "git+ssh://git@github.com/acme/app.git",
        "ssh+git://git@github.com/acme/app.git",
        "git://github.com/acme/app.git",
        "git://github.com:9418/acme/app.git",
        "http://github.com/acme/app.git",
        "http://github.com:80/acme/app.git",
        "https://github.com/acme/app.git",
        "https://github.com/acme/app.git/",
        "https://github.com/acme/app/",
        "https://github.com/acme/app/.git",
        "https://github.com:443/acme/app.git",
        "https://github.com:/acme/app.git",
        "https://GITHUB.com./acme/app.git",
        "HTTPS://github.com/acme/app.git",
        "https://github.com//acme///app.git//",
        "https://github.com/./acme/x/../app.git",
        "https://ghp_token@github.com/acme/app.git",
        "https://user:token@github.com/acme/app.git",
        "https://user:t%40k%2Fen@github.com/acme/app.git",
        "https://user:t@ken@github.com/acme/app.git",
        "https://user:t/ken@github.com/acme/app.git",
        "https://user:12#ken@github.com/acme/app.git",
        "https://user:t?ken@github.com/acme/app.git",
        "https://x-access-token:token@github.com/acme/app?token=token#token",
        "https://github.com/acme/app.git?access_token=token",
        "https://github.com/acme/app.git#token",
        "https://github.com/%61cme/app.git",
        "user:token@github.com:acme/app.git",
        "user:token@github.com:/acme/app.git",
        "git@github.com:acme/app.git#token",
        "git@github.com:acme/app.git?token=token#token",
        "git@github.com:acme/app#token?token",
        "  https://github.com/acme/app.git\n",
        "fancy::https://user:token@github.com/acme/app.git",
    ],
)
def test_all_forms_give_one_name(url: str) -> None:
    assert normalize_remote(url) == "github.com/acme/app"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/Acme/App", "github.com/Acme/App"),
        ("https://github.com/acme/app.git.git", "github.com/acme/app.git"),
        ("https://github.com/acme/app.github", "github.com/acme/app.github"),
        ("https://host:8443/acme/app.git", "host:8443/acme/app"),
        ("https://host:22/acme/app.git", "host:22/acme/app"),
        ("ssh://git@host:2222/acme/app.git", "host:2222/acme/app"),
        ("[git@host:2222]:acme/app.git", "host:2222/acme/app"),
        ("ssh://git@ssh.github.com:443/acme/app.git", "ssh.github.com:443/acme/app"),
        ("ssh://git@[::1]/acme/app.git", "[::1]/acme/app"),
        ("ssh://git@[FE80::1]:2222/acme/app.git", "[fe80::1]:2222/acme/app"),
        ("git@[::1]:acme/app.git", "[::1]/acme/app"),
        ("ssh://host/~user/app.git", "host/~user/app"),
        ("host:~user/app.git", "host/~user/app"),
        ("host:~/app.git", "host/app"),
        ("h:app", "h/app"),
        ("https://host", "host"),
        ("https://host/", "host"),
        ("https://host/.git", "host"),
        ("https://host/@scope/app.git", "host/@scope/app"),
        ("https://host:8443/@scope/app.git", "host:8443/@scope/app"),
        ("git@host:@scope/app.git", "host/@scope/app"),
        (
            "https://org@dev.azure.com/org/My%20Project/_git/a",
            "dev.azure.com/org/My Project/_git/a",
        ),
        ("git@ssh.dev.azure.com:v3/org/My%20Project/a", "ssh.dev.azure.com/v3/org/My Project/a"),
        ("https://host/caf%C3%A9/%e2%82%ac", "host/café/€"),
        ("https://host/a%2fb%3Fc%23d%0Ae", "host/a%2Fb%3Fc%23d%0Ae"),
        ("https://host/%ff%zz%", "host/%FF%zz%"),
        ("https://host/日本/app.git", "host/日本/app"),
        ("codecommit::eu-west-1://profile@app", "app"),
        ("codecommit://profile@app", "app"),
    ],
)
def test_names(url: str, name: str) -> None:
    assert normalize_remote(url) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/srv/git/app.git", "app"),
        ("/srv/git/app.git/", "app"),
        ("/srv/git/app/.git", "app"),
        ("/srv/git/app/.", "app"),
        ("/srv//git/x/../app", "app"),
        ("/srv/a:b/app", "app"),
        ("./a:b", "a:b"),
        ("../app.git", "app"),
        ("app", "app"),
        ("~/app.git", "app"),
        ("file:///srv/git/app.git", "app"),
        ("file://host/srv/git/app.git", "app"),
        ("file:///srv/my%20app.git", "my app"),
        ("FILE:///C:/repos/app.git", "app"),
        ("C:/repos/app.git", "app"),
        ("C:\\repos\\app.git", "app"),
        ("\\\\server\\share\\app.git", "app"),
        ("token@github.com/acme/app", "app"),
        ("token@host", "host"),
        ("/", None),
        ("file:///", None),
        ("C:\\", None),
        (".", None),
        ("..", None),
    ],
)
def test_local_paths_give_a_directory_name(url: str, name: str | None) -> None:
    assert normalize_remote(url) == name


def test_relative_paths_start_at_the_base() -> None:
    base = Path("/home/me/work/checkout")
    assert normalize_remote("..", base=base) == "work"
    assert normalize_remote(".", base=base) == "checkout"
    assert normalize_remote("../../app.git", base=base) == "app"
    assert normalize_remote("/srv/app.git", base=base) == "app"


@pytest.mark.parametrize(
    "url",
    [
        *("", " ", "https://", "https:///acme/app", "ssh://git@/x", "https://ho st/x"),
        *("https://user:token@:x/acme", "ext::sh -c 'cat token'", "git@:acme/app", ":x", "[]:x"),
        *("https://[::1/acme", "https://a@b@/x"),
    ],
)
def test_what_names_no_repository(url: str) -> None:
    assert normalize_remote(url) is None
    assert clean_remote(url) is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("git@github.com:acme/app.git", "git@github.com:acme/app.git"),
        ("me@github.com:acme/app.git", "github.com:acme/app.git"),
        ("git@github.com:acme/app.git#token", "git@github.com:acme/app.git"),
        ("git@github.com:acme/app.git?x=token#token", "git@github.com:acme/app.git"),
        ("https://github.com/acme/app.git", "https://github.com/acme/app.git"),
        ("https://user:token@github.com:8443/acme/app.git?x=token#y", "https://github.com:8443/acme/app.git"),
        ("https://token@github.com/acme/app", "https://github.com/acme/app"),
        ("ssh://git@github.com:22/acme/app", "ssh://git@github.com:22/acme/app"),
        ("https://git:token@github.com/acme/app", "https://github.com/acme/app"),
        ("user:token@github.com:acme/app", "github.com:acme/app"),
        ("token@github.com/acme/app", "github.com/acme/app"),
        ("/srv/git/app.git", "/srv/git/app.git"),
        ("../app", "../app"),
        ("file:///srv/app", "/srv/app"),
    ],
)  # fmt: skip
def test_what_is_shown_of_a_remote(url: str, shown: str) -> None:
    assert clean_remote(url) == shown


# Property: every way to write one repository

NAMES = st.text("abcXYZ019._-", min_size=1, max_size=8).filter(
    lambda name: name.strip(".") and not name.endswith(".git")
)
HOSTS = st.from_regex(r"[a-z][a-z0-9]{1,8}(\.[a-z]{2,4}){0,2}", fullmatch=True)
# Nothing of these occurs in names and hosts.
SECRETS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).map(
    lambda text: f"QSECRETQ{text}QSECRETQ"
)


@st.composite
def repositories(draw: st.DrawFn) -> tuple[str, list[str], str]:
    """(name, URLs of it, the secret in them)."""
    host, path = draw(HOSTS), "/".join(draw(st.lists(NAMES, min_size=1, max_size=4)))
    secret = draw(SECRETS)
    encoded = quote(secret, safe="")
    odd_host = "".join(draw(st.sampled_from([c, c.upper()])) for c in host)
    tail = draw(st.sampled_from(["", "/", ".git", ".git/", "//"]))
    account = draw(st.sampled_from(["", f"{encoded}@", f"u:{encoded}@", f"{encoded}:x@"]))
    query = draw(st.sampled_from(["", f"?token={encoded}", f"#{encoded}", f"?a=b#{encoded}"]))
    slashes = draw(st.sampled_from(["/", "//"]))
    urls = [
        f"{scheme}://{account}{odd_host}{port}{slashes}{path}{tail}{query}"
        for scheme, default in [
            *(("https", 443), ("http", 80), ("ssh", 22), ("git+ssh", 22), ("git", 9418)),
        ]
        for port in ("", f":{default}")
    ]
    urls += [
        f"{user}{odd_host}:{slash}{path}{tail}"
        for user in ("", "git@", f"{encoded}@", f"u:{encoded}@")
        for slash in ("", "/")
    ]
    return f"{host}/{path}", urls, secret


@given(repositories())
def test_all_forms_of_a_repository_agree_and_hide_secrets(
    repository: tuple[str, list[str], str],
) -> None:
    name, urls, secret = repository
    assert {normalize_remote(url) for url in urls} == {name}
    for url in urls:
        assert "QSECRETQ" not in str(clean_remote(url))
        assert secret not in str(clean_remote(url))


@given(SECRETS, st.sampled_from(["https://u:{}@h.io/a/b", "https://{}@h.io/a/b"]))
def test_a_secret_that_was_not_encoded_stays_hidden_where_a_url_can_be_told(
    secret: str, form: str
) -> None:
    url = form.format(secret.translate(dict.fromkeys(map(ord, "/?#@"), "x")))
    assert "QSECRETQ" not in str(normalize_remote(url))
    assert "QSECRETQ" not in str(clean_remote(url))


@given(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(":/@[]?#%."), max_size=30)
)
def test_no_text_makes_it_fail(text: str) -> None:
    name = normalize_remote(text)
    assert name is None or name
    clean_remote(text)

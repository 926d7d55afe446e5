"""`make pictures`, that is `python -m tools.pictures [NAME …]`: take the pictures anew."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.servers.databases import database_on
from tools import PROJECT
from tools.pictures.camera import Camera
from tools.pictures.scenes import SCENES, Scene
from tools.pictures.svg import THEMES, draw
from tools.servers.account import Account
from tools.servers.keeper import KeeperProcess
from tools.servers.server import ServerError, describe
from tools.servers.sources import choose

__all__ = ["PICTURES", "main"]

PICTURES = Path("docs", "pictures")


def main() -> int:
    """The exit code."""
    names = [scene.name for scene in SCENES]
    parser = argparse.ArgumentParser(prog="python -m tools.pictures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    wanted = parser.parse_args().names or names
    if unknown := set(wanted) - set(names):
        parser.error(f"no picture {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    scenes = [scene for scene in SCENES if scene.name in wanted]
    local = [scene for scene in scenes if not scene.shared]
    shared = [scene for scene in scenes if scene.shared]
    if local:
        _take(local, None)
    if not shared:
        return 0
    try:
        with _server() as dsn:
            _take(shared, dsn)
    except ServerError as error:
        left = ", ".join(scene.name for scene in shared)
        print(f"left as they are, for want of a MySQL server: {left} ({error})", file=sys.stderr)
    return 0


def _take(scenes: Sequence[Scene], dsn: str | None) -> None:
    with tempfile.TemporaryDirectory(prefix="opencode-pictures-") as home:
        camera = Camera(Path(home), dsn)
        for scene in scenes:
            path = PICTURES / f"{scene.name}.svg"
            picture = draw(camera.screen(scene), scene.about, THEMES[scene.theme])
            (PROJECT / path).parent.mkdir(exist_ok=True)
            (PROJECT / path).write_text(picture, encoding="utf-8")
            print(f"wrote {path}")


@contextmanager
def _server() -> Iterator[str]:
    """The DSN of an empty database on the first server there is."""
    choice = choose(os.environ)
    if not choice.sources:
        raise ServerError("; ".join(choice.reasons))
    source = choice.sources[0]
    if source.kind == "dsn":
        server = describe(source.name, Account.parse(source.what), restricted=source.restricted)
        with database_on(server) as dsn:
            yield dsn
        return
    with KeeperProcess() as keeper, database_on(keeper.start(source, source.name)) as dsn:
        yield dsn


if __name__ == "__main__":
    sys.exit(main())

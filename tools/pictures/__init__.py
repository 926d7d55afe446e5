"""Pictures of the interface for the documentation, taken from the program itself.

`shop` is an example: sessions of a project, written through the store by `example`. `scenes` says
what is to be seen; `camera` runs the program in a terminal of its own, whose screen `svg` draws.
Clock, time zone and all content are given, so that the same program makes the same pictures.
"""

from __future__ import annotations

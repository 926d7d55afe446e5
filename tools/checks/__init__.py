"""What `make verify` checks: one module per check, each with `check(project) -> problems`.

A problem is one line that begins with FILE:LINE; SQL that cannot be read raises SqlProblems or
IncompleteInstallation. A check that has more to say returns an `Outcome`. `project` is the folder
that holds sql/, migrations/ and opencode/; tests pass a spoiled copy.
"""

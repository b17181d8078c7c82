"""Python of the system, run as another user of this machine."""

import subprocess


def as_user(user: int, program: str, *arguments: str) -> str:
    """What the program writes, run as a user without a name."""
    return subprocess.run(
        ["/usr/bin/python3", "-I", "-c", program, *arguments],
        user=user,
        group=user,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    ).stdout

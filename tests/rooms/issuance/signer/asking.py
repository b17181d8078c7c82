"""Python of the system, run as another user of this machine."""

import pwd
import subprocess


def as_user(user: int, program: str, *arguments: str) -> str:
    """What the program writes, run as a user in its own group alone; one without a name has a group of its number."""
    try:
        group = pwd.getpwuid(user).pw_gid  # the numbers of users and of groups are not the same
    except KeyError:
        group = user
    return subprocess.run(
        ["/usr/bin/python3", "-I", "-c", program, *arguments],
        user=user,
        group=group,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    ).stdout

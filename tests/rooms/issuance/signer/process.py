"""A signer in a process of its own, in the database of a test, under a user that the test names: see test_apart.py."""

import json
import os
import sys


def main() -> None:
    """Load everything as the user who starts this process, become the other user, and listen until the end."""
    world = json.loads(sys.argv[1])
    from tests.children import enter, say

    enter(world)
    from rukhsa.issuance.signers.listener import Listener, keep_to_ourselves
    from tests.rooms.issuance.conftest import NOW

    if user := world.get("user"):
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    if world.get("keeps_to_itself", True):
        keep_to_ourselves()
    listener = Listener(world["address"], users=frozenset(world["users"]), clock=lambda: NOW)
    listener.listen(lambda: say({"ready": os.getpid()}))


if __name__ == "__main__":
    main()

"""`make attack`: every kind of tries, or those that are named, against a deployment that runs."""

import os
import shutil
import sys
import time

import django


def main(arguments: list[str]) -> int:
    """Attack, and print a line for each kind; the exit code. `--write-docs` writes docs/security/attacks.md alone."""
    os.environ.setdefault("RUKHSA_ENVIRONMENT", "development")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rukhsa.project.settings")
    django.setup()
    from rukhsa.project.config import config
    from rukhsa_rehearsal.deployment import deployed
    from tests.attack import every, page
    from tests.attack.ground import SETTINGS, prepared
    from tests.attack.tally import Tally

    if "--write-docs" in arguments:
        page.PAGE.write_text(page.written(), "utf-8")
        return 0
    unknown = set(arguments) - every.KINDS.keys()
    if unknown:
        sys.stderr.write(
            f"There is no kind {', '.join(sorted(unknown))}; there are {', '.join(every.KINDS)}.\n"
        )
        return 2
    began = time.monotonic()
    tally = Tally()
    folder = config().data / "attack"
    with deployed(folder, settings=SETTINGS) as scene:
        ground = prepared(scene)
        tally.say(f"The deployment stands after {time.monotonic() - began:.0f} s.")
        try:
            tally.attack(
                ground, [each for name, each in every.KINDS.items() if not arguments or name in arguments]
            )
        finally:
            ground.close()
    if tally.holds:
        shutil.rmtree(folder / "files", ignore_errors=True)
    tally.close()
    return int(not tally.holds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`make pictures`: pictures of the main pages and of a document, from a played story, into docs/pictures/."""

import os
import sys

import django


def main() -> int:
    """Play the story, set the scene, take every picture; the exit code."""
    os.environ.setdefault("RUKHSA_ENVIRONMENT", "development")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rukhsa.project.settings")
    django.setup()
    from rukhsa.project.config import config
    from rukhsa_rehearsal.deployment import deployed
    from rukhsa_rehearsal.story.chapters import play
    from rukhsa_rehearsal.story.stage import Stage
    from tests.browser.chromium import chromium
    from tests.browser.gallery import take_all
    from tests.programs import ProgramMissing
    from tests.programs import chromium as program

    try:
        program()
    except ProgramMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    with deployed(config().data / "pictures") as scene:
        stage = Stage(config=scene.config, environment=scene.environment)
        if play(stage):
            return 1
        with chromium() as browser:
            take_all(browser, stage)
    return 0


if __name__ == "__main__":
    sys.exit(main())

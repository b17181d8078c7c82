"""Django's settings for the tests: the project's own, with data of their own under `var/test/`."""

import os

from rukhsa.project.config import PROJECT

os.environ["RUKHSA_ENVIRONMENT"] = "test"
os.environ["RUKHSA_DATA"] = str(PROJECT / "var" / "test")

from rukhsa.project.settings import *  # noqa: F403

# WhiteNoise warns of a folder that is absent, and nothing is collected for the tests.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405

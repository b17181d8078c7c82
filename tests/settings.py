"""Django's settings for the tests: the project's own, with data of their own under `var/test/`.

A fresh checkout holds the sentences only as they are written: they are compiled here, since Django looks for them once,
as soon as it is set up.
"""

import os

from rukhsa.project.config import PROJECT

os.environ["RUKHSA_ENVIRONMENT"] = "test"
os.environ["RUKHSA_DATA"] = str(PROJECT / "var" / "test")

from rukhsa.project.settings import *  # noqa: F403
from rukhsa.project.settings import LOCALE_PATHS
from rukhsa.project.translations import compile_catalogue

for _folder in LOCALE_PATHS:
    for _source in _folder.glob("*/LC_MESSAGES/*.po"):
        compile_catalogue(_source)

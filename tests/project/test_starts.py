"""What each process imports before it serves: packages that only some acts need are imported by those acts."""

import json
import os
import subprocess
import sys
from typing import Final

import pytest

# Fonts are cut and icons drawn once, drawings are measured on few pages, and the reader opens what strangers send.
NOT_AT_THE_START: Final = {"fontTools", "PIL", "pikepdf", "pypdfium2", "pyproj", "lxml", "schwifty"}


@pytest.mark.parametrize(
    ("process", "most"), [("rukhsa.project.asgi", 2000), ("rukhsa.project.asgi_public", 1750)]
)
def test_a_process_starts_with_the_modules_that_it_needs(process: str, most: int) -> None:
    said = "import json, sys; print(json.dumps(sorted(sys.modules)))"
    modules = _said_by(f"import {process}; {said}")
    packages = {name.partition(".")[0] for name in modules}
    assert packages & NOT_AT_THE_START == set()
    assert len(modules) <= most
    # The control: a process that cuts a font has them.
    assert "fontTools" in _said_by(f"import fontTools.subset; {said}")


def _said_by(program: str) -> list[str]:
    environment = {**os.environ, "RUKHSA_ENVIRONMENT": "development"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], env=environment, capture_output=True, check=True
    )
    found: list[str] = json.loads(ended.stdout)
    return found

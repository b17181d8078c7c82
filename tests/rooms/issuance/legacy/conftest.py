"""The registers that the tests of legacy documents read."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
NAME = "shared/data/spearfish-building-permits.csv"


@pytest.fixture
def real_register(request: pytest.FixtureRequest) -> Path:
    """The city's own register, beside the project or above it; a test without it says so loudly."""
    for folder in ROOT.parents:
        if (folder / NAME).exists():
            return folder / NAME
    loud = f"THE REAL REGISTER IS MISSING: ../{NAME} is not there, so 5,229 real rows were NOT tried"
    if terminal := request.config.pluginmanager.get_plugin("terminalreporter"):
        terminal.write_line(f"\n{loud}", red=True, bold=True)
    pytest.skip(loud)

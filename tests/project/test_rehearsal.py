"""The product works without the rehearsal, finds it where it is installed, and says what to install where it is not."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from rukhsa.project import rehearsal
from rukhsa.project.config import read
from tests.project.test_config import DEVELOPMENT, PRODUCTION, started

# As where the package was never installed: neither it nor its entry points are found.
HIDE = """
import sys
from importlib import metadata

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "rukhsa_rehearsal":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

every = metadata.distributions
metadata.distributions = lambda **named: (each for each in every(**named) if each.name != "rukhsa-rehearsal")
sys.meta_path.insert(0, Hidden())
"""
CHECK = """
import django
from django.core.management import call_command

django.setup()
call_command("check")
print(len([name for name in sys.modules if name.startswith("rukhsa.web")]), "rukhsa_rehearsal" in sys.modules)
"""
COMMAND = """
from rukhsa.project.command import main

sys.argv = ["rukhsa", *sys.argv[1:]]
main()
"""
REACH = "import rukhsa_rehearsal"


@pytest.mark.parametrize("module", ["web", "public", "worker", "signer"])
def test_production_starts_without_the_rehearsal(module: str, tmp_path: Path) -> None:
    # A folder of its own: that of a checkout has the keys of its last `make run`.
    own = {"RUKHSA_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": f"rukhsa.project.settings_{module}"}
    done = started("-c", HIDE + CHECK, **PRODUCTION, **own)
    assert done.returncode == 0, done.stderr
    modules, reached = done.stdout.split()[-2:]
    assert int(modules) > 20
    assert reached == "False"


def test_a_reach_for_the_rehearsal_would_fail() -> None:
    """The control of the test above: it is hidden there, and found elsewhere."""
    assert "No module named 'rukhsa_rehearsal'" in started("-c", HIDE + REACH, **DEVELOPMENT).stderr
    assert started("-c", REACH, **DEVELOPMENT).returncode == 0


@pytest.mark.parametrize("command", ["story", "specimen", "services walk", "run"])
def test_a_command_of_the_rehearsal_says_in_one_line_what_to_install(command: str) -> None:
    done = started("-c", HIDE + COMMAND, *command.split(), **DEVELOPMENT)
    assert done.returncode == 1
    assert done.stderr == (
        f"`rukhsa {command}` needs the rehearsal: pip install 'rukhsa[rehearsal]', or in a checkout `make prepare`.\n"
    )


def test_the_list_of_commands_leaves_out_those_that_are_not_there() -> None:
    assert {"story", "specimen"} & _listed(HIDE) == set()
    assert {"story", "specimen", "run", "fsck"} <= _listed("import sys\n")


def test_where_it_is_installed_its_commands_and_its_sandbox_are_found() -> None:
    assert "rukhsa_rehearsal" in settings.INSTALLED_APPS
    commands = get_commands()
    assert {
        commands[name] for name in ("story", "specimen", "services", "setup", "cast", "code", "amend")
    } == {"rukhsa_rehearsal"}
    assert [part.name for part in rehearsal.processes(read(DEVELOPMENT))] == ["sandbox"]


def test_production_loads_none_of_it_though_it_is_installed() -> None:
    production = read(PRODUCTION)
    assert rehearsal.is_installed()
    assert rehearsal.apps(production) == []
    assert rehearsal.processes(production) == []
    with pytest.raises(
        rehearsal.NoRehearsal, match="`rukhsa story` belongs to the rehearsal, which production"
    ):
        rehearsal.require("story", production)


def _listed(before: str) -> set[str]:
    lines = started("-c", before + COMMAND, **DEVELOPMENT).stdout.splitlines()
    return {line.split()[0] for line in lines if line.startswith("  ")}

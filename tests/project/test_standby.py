"""Production refuses a database whose commits are lost with its machine, unless one machine is accepted in writing."""

from dataclasses import replace

import pytest
from django.conf import LazySettings
from django.core.checks import Error, Warning

from rukhsa.project.config import Environment
from rukhsa.project.system_checks import commits_outlive_the_machine


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("environment", "needs_standby", "told"),
    [
        (Environment.PRODUCTION, True, [(Error, "rukhsa.E009")]),
        (Environment.PRODUCTION, False, [(Warning, "rukhsa.W002")]),
        (Environment.DEVELOPMENT, True, []),
    ],
    ids=["refused", "one machine accepted", "development"],
)
def test_a_database_without_a_standby(
    environment: Environment, needs_standby: bool, told: list[tuple[type, str]], settings: LazySettings
) -> None:
    settings.CONFIG = replace(settings.CONFIG, environment=environment, needs_standby=needs_standby)
    found = commits_outlive_the_machine(databases=["default"])
    assert [(type(each), each.id) for each in found] == told

"""What the database's own log may tell: asked of the server, and set by what a deployment installs."""

import pytest

from rukhsa.project.config import PROJECT
from rukhsa.project.postgres import log_settings
from rukhsa.project.postgres.log_settings import SILENT, telling
from rukhsa.project.system_checks import logs_tell_nothing_personal

DEPLOY = PROJECT / "deploy"


@pytest.mark.django_db
def test_a_server_that_would_log_what_people_typed_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logs_tell_nothing_personal(databases=["default"]) == []
    monkeypatch.setattr(log_settings, "SILENT", SILENT | {"log_error_verbosity": {"verbose"}})
    (warning,) = logs_tell_nothing_personal(databases=["default"])
    assert warning.id == "rukhsa.W004"
    assert "log_error_verbosity is terse" in warning.msg


def test_what_is_installed_sets_them() -> None:
    lines = (DEPLOY / "postgresql/log.conf").read_text("utf-8").splitlines()
    told = dict(line.split(" = ") for line in lines if not line.startswith("#"))
    assert told.keys() <= SILENT.keys()
    assert telling(told) == {}
    # The others stay as PostgreSQL has them by itself, silent.
    by_itself = {"log_min_duration_sample": "-1", "log_transaction_sample_rate": "0"}
    assert SILENT.keys() - told.keys() == by_itself.keys()
    for name in ("log_min_error_statement", "log_error_verbosity"):
        assert f"{name}={told[name]}" in (DEPLOY / "container/compose.yaml").read_text("utf-8")

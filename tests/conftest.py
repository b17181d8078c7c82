"""What every test stands on: a real PostgreSQL, and files in a folder that goes away."""

import gc
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from pytest_django import Settings

from rukhsa.catalogue import in_force
from rukhsa.project import postgres, rehearsal
from rukhsa.project.config import config as configuration
from rukhsa.web.dictionary import compile_catalogue
from tests import opinions
from tests.database import django_db_modify_db_settings, migrated_again, unmigrated, untouched
from tests.settings import LOCALE_PATHS

__all__ = ["django_db_modify_db_settings", "migrated_again", "unmigrated", "untouched"]

# How long an example takes says how busy the machine is, and nothing about what is proved. The same examples are tried
# each time; `--hypothesis-profile=search` tries others, and more of them.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
hypothesis.register_profile("search", max_examples=1000, **_PATIENT)
hypothesis.register_profile("suite", derandomize=True, **_PATIENT)
hypothesis.load_profile("suite")

# Whose days the tests tell: both towns', and those of the machine.
ZONES = [ZoneInfo(name) for name in ("Asia/Bahrain", "America/Denver", "UTC")]
LAST_MINUTE = 60  # seconds
HELD = pytest.StashKey[postgres.Hold]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded server, one for all workers of all runs, unless DATABASE_URL names another."""
    if not rehearsal.is_installed():
        pytest.exit("The rehearsal is not installed beside the product: run `make prepare`.", returncode=4)
    for folder in LOCALE_PATHS:
        for source in folder.glob("*/LC_MESSAGES/*.po"):
            # A fresh checkout holds the sentences only as they are written, and Django has looked for them by now.
            if compile_catalogue(source):
                translation_file_changed(None, file_path=source.with_suffix(".mo"))
    if not configuration().database_url:
        config.stash[HELD] = postgres.hold(configuration().data / "postgres")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the server back: the last run to do so stops it."""
    gc.unfreeze()
    if HELD in config.stash:
        config.stash[HELD].release()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each opinion that was not heard, and their count."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [str(each.longrepr[2]).removeprefix("Skipped: ") for each in skipped]
    for line in opinions.lines(reasons):
        terminalreporter.write_line(line, yellow=True)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was loaded by now stays to the end: the collector of garbage need not look through it every time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what is made once for their module run in one worker: a Chromium, a town, a thousand seals."""
    for item in items:
        if _shares_with_its_module(item) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def _shares_with_its_module(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function):
        return False
    needed = item._fixtureinfo.name2fixturedefs.values()
    return any(found[-1].scope == "module" and found[-1].baseid for found in needed)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """No test begins in the last minute of a day: before it ends, what it calls today would be yesterday."""
    midnight = min(_seconds_until_midnight(zone) for zone in ZONES)
    if midnight < LAST_MINUTE:
        time.sleep(midnight + 1)


def _seconds_until_midnight(zone: ZoneInfo) -> float:
    now = datetime.now(zone)
    return (now.replace(hour=23, minute=59, second=59, microsecond=999_999) - now).total_seconds()


def _looked_at(file: int | IO[bytes]) -> None:
    os.fstat(file if isinstance(file, int) else file.fileno())


@pytest.fixture(autouse=True, scope="session")
def _no_loss_of_power() -> Iterator[None]:
    """What the tests write need not outlive the machine: they do not wait until the disk has it.

    A file that is closed fails as it does otherwise; processes that a test starts wait as they always do.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", _looked_at)
        yield


@pytest.fixture(autouse=True)
def _no_memory_of_other_tests(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What `python -m rukhsa.trust verify` remembers stays in this test, and so does the language of its last page."""
    translation.deactivate()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(autouse=True)
def _language_of_this_test_only() -> None:
    """A request leaves its language in the thread, and the next test begins with that of the settings."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _nothing_changed_at_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test's desk changed is unknown to the next one, and no request reads it by the clock."""
    from rukhsa.web import freshness  # its models need Django set up

    in_force.hold({})
    monkeypatch.setattr(freshness, "keep_fresh", lambda: None)


@pytest.fixture(autouse=True)
def _files_of_this_test_only(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"

"""One town for all the bad input of a module: the changes of each test are rolled back."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client, TestCase, override_settings
from pytest_django import DjangoDbBlocker, Settings

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from rukhsa.web.access import COMPANY_IN_SESSION
from rukhsa_rehearsal.sandbox.serve import Running, running
from tests import outside as world_outside
from tests import proved
from tests import town as towns
from tests.town import Town

LANGUAGES = ("ar", "en")


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sandbox."""
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def built(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
    outside: Running,
) -> Iterator["Built"]:
    """The town, built once a module."""
    folder = tmp_path_factory.mktemp("town")
    chosen = SimpleNamespace(CONFIG=_config())
    towns.settle_in(folder, chosen)
    world_outside.connect(outside, chosen)
    with override_settings(**vars(chosen), MEDIA_ROOT=folder / "files"), django_db_blocker.unblock():
        atomics = TestCase._enter_atomics()  # type: ignore[attr-defined]
        yield Built(town=towns.build(), folder=folder)
        TestCase._rollback_atomics(atomics)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def drafted(built: "Built") -> Application:
    """A draft, made before the first test of a module that needs it."""
    return built.at_first().draft("proof-of-residence")


@pytest.fixture
def draft(drafted: Application, town: Town) -> Application:
    """The draft as it was made, whatever other tests did to it."""
    return towns.fresh(drafted)


@pytest.fixture(scope="module")
def submitted(built: "Built") -> Application:
    """An application, made before the first test of a module that needs it."""
    return built.at_first().apply("proof-of-residence")


@pytest.fixture
def applied(submitted: Application, town: Town) -> Application:
    """The application as it was submitted."""
    return towns.fresh(submitted)


@dataclass(frozen=True, kw_only=True)
class Built:
    """The town, and the folder of its files."""

    town: Town
    folder: Path

    def at_first(self) -> Town:
        """The town as every test finds it."""
        return Town(at=self.town.at)


@pytest.fixture
def _django_db_helper(
    built: Built,
    settings: Settings,
    django_db_blocker: DjangoDbBlocker,
    tmp_path: Path,
    _files_of_this_test_only: None,
) -> Iterator[None]:
    """What pytest-django does for the mark django_db, within the town of the module: a savepoint.

    The public files are copied for the test: a log longer than the rolled-back database stops the town. Other files are
    stored by their content and belong to the module.
    """
    settings.MEDIA_ROOT = built.folder / "files"
    if (built.folder / "public").exists():
        shutil.copytree(built.folder / "public", tmp_path / "public")
    settings.RUKHSA_PUBLIC = tmp_path / "public"
    with django_db_blocker.unblock():
        atomics = TestCase._enter_atomics()  # type: ignore[attr-defined]
        yield
        TestCase._rollback_atomics(atomics)  # type: ignore[attr-defined]


@pytest.fixture
def town(built: Built, _django_db_helper: None) -> Town:
    """The town; what a test does to it is rolled back."""
    return built.at_first()


type Browser = Callable[..., Client]


@pytest.fixture
def browser(town: Town) -> Browser:
    """A browser in a language, signed in or not."""

    def open_one(who: Person | None = None, *, language: str = "ar", company: str = "") -> Client:
        client = Client(headers={"accept": "text/html"}, raise_request_exception=False)
        client.cookies["rukhsa-language"] = language
        if who:
            proved.sign_in(client, who)
        if company:
            session = client.session
            session[COMPANY_IN_SESSION] = company
            session.save()
        return client

    return open_one


def _config() -> object:
    from django.conf import settings

    return settings.CONFIG

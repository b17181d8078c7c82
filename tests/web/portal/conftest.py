"""An open town, Layla in it, and her browser."""

import pytest
from django.test import Client

from rukhsa.accounts.models import Person
from rukhsa.applications.models import Application
from tests import applicants


@pytest.fixture
def open_town(db: None) -> None:
    applicants.open_town()


@pytest.fixture
def layla(open_town: None) -> Person:
    return applicants.layla()


@pytest.fixture
def browser(layla: Person) -> Client:
    return applicants.signed_in(layla)


@pytest.fixture
def draft(browser: Client) -> Application:
    """A certificate of residence that Layla has just started."""
    browser.post("/services/proof-of-residence/start")
    return Application.objects.get()


@pytest.fixture
def answered(browser: Client, draft: Application) -> Application:
    """The same with every question answered."""
    right = applicants.Answers()
    browser.post(f"/applications/{draft.pk}/questions/home", right.home | {"on": "1"})
    browser.post(f"/applications/{draft.pk}/questions/use", right.use | {"on": "1"})
    return draft


@pytest.fixture
def complete(browser: Client, answered: Application) -> Application:
    """The same with its document attached."""
    browser.post(f"/applications/{answered.pk}/documents/deed", {"file": applicants.picture()})
    return answered


@pytest.fixture
def submitted(browser: Client, complete: Application) -> Application:
    """The same, submitted."""
    browser.post(f"/applications/{complete.pk}/review")
    complete.refresh_from_db()
    return complete

"""Planned work is announced and withdrawn by an operator, and what was typed wrongly stays."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rukhsa.accounts.permissions import Role
from rukhsa.audit.models import JournalEntry
from rukhsa.operations.models import PlannedWork
from tests.web.desk.conftest import SignIn
from tests.web.desk.test_running import operator

pytestmark = pytest.mark.django_db
PAGE = "desk:planned-work"


def typed(
    *, starts: timedelta = timedelta(hours=5), lasts: timedelta = timedelta(hours=2)
) -> dict[str, object]:
    """The form as an operator fills it in, for work that begins so long after now."""
    begins = timezone.localtime() + starts
    return {
        "starts_at": f"{begins:%Y-%m-%dT%H:%M}", "ends_at": f"{begins + lasts:%Y-%m-%dT%H:%M}",
        "parts": ["payments", "issuing"], "ar": "صيانة بوابة الدفع", "en": "Maintenance of the payment gateway",
    }  # fmt: skip


@pytest.fixture
def khalid(sign_in: SignIn) -> Client:
    return operator("khalid", sign_in)[1]


def test_work_is_announced_seen_and_withdrawn(khalid: Client, client: Client) -> None:
    assert "No work is announced." in khalid.get(reverse(PAGE)).text
    assert khalid.post(reverse(PAGE), typed()).status_code == 302
    work = PlannedWork.objects.get()
    assert work.parts == ["payments", "issuing"]
    assert work.entered_by.name_en == "khalid"
    assert "Maintenance of the payment gateway" in khalid.get(reverse(PAGE)).text
    client.cookies["rukhsa-language"] = "en"
    assert "Maintenance of the payment gateway" in client.get("/service-status").text
    for _ in range(2):  # a second press changes nothing
        assert khalid.post(reverse("desk:withdraw-work", args=[work.pk])).status_code == 302
    assert "Maintenance of the payment gateway" not in client.get("/service-status").text
    acts = JournalEntry.objects.filter(subject=str(work.pk)).order_by("pk")
    assert list(acts.values_list("act", flat=True)) == ["announce-work", "withdraw-work"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts": timedelta(hours=-5)},
        {"lasts": timedelta(0)},
        {"lasts": timedelta(days=4)},
        {"starts": timedelta(days=61)},
    ],
)
def test_dates_that_cannot_be_are_refused_and_stay_typed(khalid: Client, wrong: dict[str, timedelta]) -> None:
    answer = khalid.post(reverse(PAGE), typed(**wrong))
    assert answer.status_code == 422
    assert "lasts at most 3 days" in answer.text
    assert "Maintenance of the payment gateway" in answer.text
    assert not PlannedWork.objects.exists()


def test_what_is_missing_is_told_at_its_question(khalid: Client) -> None:
    answer = khalid.post(reverse(PAGE), typed() | {"parts": [], "ar": "", "starts_at": "soon"})
    assert answer.status_code == 422
    assert answer.text.count('class="late"') == 3
    assert "Maintenance of the payment gateway" in answer.text


def test_only_an_operator_announces(sign_in: SignIn) -> None:
    supervisor = operator("fatima", sign_in, Role.SUPERVISOR)[1]
    assert supervisor.get(reverse(PAGE)).status_code == 403
    assert supervisor.post(reverse(PAGE), typed()).status_code == 403

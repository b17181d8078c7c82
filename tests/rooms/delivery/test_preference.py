"""People are told over the channels that they chose, and their telephones stay quiet in the hours that they chose."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rukhsa.applications.models import Application
from rukhsa.delivery.models import Notice, Preference
from rukhsa.delivery.notice import tell
from rukhsa.delivery.preference import NoChannel, prefer
from tests import applicants
from tests.rooms.review import works

pytestmark = pytest.mark.django_db
BAHRAIN = ZoneInfo("Asia/Bahrain")
NIGHT = datetime(2026, 11, 1, 23, 30, tzinfo=BAHRAIN)
QUIET = (time(21, 0), time(7, 0))


@pytest.fixture
def application() -> Application:
    works.agency()
    works.agency("traffic")
    application = works.submitted(works.publish(works.works()))
    application.applicant.phone, application.applicant.email = "+97336000001", "layla@town.example"
    application.applicant.save()
    return application


def choose(
    application: Application, *, sms: bool = True, mail: bool = True, quiet: bool = False
) -> Preference:
    layla = works.act_as(application.applicant)
    return prefer(sms=sms, mail=mail, quiet=QUIET if quiet else None, actor=layla, at=NIGHT)


def channels(event: str) -> set[str]:
    return set(Notice.objects.filter(event=event).values_list("channel", flat=True))


def test_a_channel_that_is_off_is_not_used_and_one_turned_on_tells_nothing_old(
    application: Application,
) -> None:
    choose(application, sms=False)
    tell(application, "returned:1", at=NIGHT)
    assert channels("returned:1") == {"mail"}
    choose(application, mail=False)
    tell(application, "returned:1", at=NIGHT)
    assert channels("returned:1") == {"mail"}
    tell(application, "returned:2", at=NIGHT)
    assert channels("returned:2") == {"sms"}


def test_one_channel_that_reaches_the_person_stays_on(application: Application) -> None:
    with pytest.raises(NoChannel):
        choose(application, sms=False, mail=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Preference.objects.create(person=application.applicant, sms=False, mail=False, changed_at=NIGHT)


@pytest.mark.parametrize(
    ("here", "waits"),
    [
        ("20:59", None),
        ("21:00", "2026-11-02 07:00"),
        ("23:59", "2026-11-02 07:00"),
        ("06:59", "2026-11-01 07:00"),
        ("07:00", None),
    ],
)
def test_quiet_hours_pass_midnight(here: str, waits: str | None) -> None:
    chosen = Preference(quiet_from=QUIET[0], quiet_until=QUIET[1])
    at = datetime.fromisoformat(f"2026-11-01 {here}").replace(tzinfo=BAHRAIN)
    until = chosen.waits_until(at)
    assert (f"{until:%Y-%m-%d %H:%M}" if until else None) == waits


def test_in_quiet_hours_an_sms_waits_and_a_mail_goes(application: Application) -> None:
    choose(application, quiet=True)
    tell(application, "returned:1", at=NIGHT)
    planned = {
        Notice.objects.get(pk=job.args["notice"]).channel: job.scheduled_at
        for job in ProcrastinateJob.objects.filter(task_name="delivery.send_notice")
    }
    assert planned["mail"] is None
    assert planned["sms"] == datetime(2026, 11, 2, 7, 0, tzinfo=BAHRAIN)


def test_the_page_keeps_what_is_chosen() -> None:
    applicants.open_town()
    layla = applicants.layla()
    browser = applicants.signed_in(layla)
    posted = {"mail": "on", "quiet": "on", "quiet_from": "22:00", "quiet_until": "06:30"}
    page = browser.post("/own/notices", posted, follow=True).content.decode()
    assert 'value="22:00"' in page
    chosen = Preference.objects.get()
    assert (chosen.sms, chosen.mail, chosen.quiet_until) == (False, True, time(6, 30))
    browser.post("/own/notices", {"quiet": "on", "quiet_from": "late"})
    assert Preference.objects.get().quiet_from == time(22, 0)
    assert Preference.objects.get().changed_at > timezone.now() - timedelta(minutes=5)

"""Quotas: how much of something one applicant, or one answer, is given in a month, a year or a season."""

from datetime import date, datetime

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from rukhsa.applications.application import Application
from rukhsa.catalogue.conditions import Answers
from rukhsa.catalogue.definition import Quota
from rukhsa.catalogue.instrument import InSeason
from rukhsa.catalogue.territory import season
from rukhsa.errors import RukhsaError
from rukhsa.locks import one_at_a_time
from rukhsa.values.periods import shifted


class QuotaSpent(RukhsaError):
    """All that is allowed in this period is used; `next` is the day from which it is possible again."""

    code = "quota-spent"

    def __init__(self, quota: Quota, next: date) -> None:
        super().__init__(f"{quota.of} until {next}")
        self.quota = quota
        self.next = next


class QuotaUse(models.Model):
    """An application uses one of those that a quota allows its holder in a period.

    The row goes away when the application ends without an instrument.
    """

    application = models.OneToOneField(Application, models.PROTECT, related_name="quota_use")
    quota = models.CharField(max_length=60)
    holder = models.CharField(max_length=200)  # the applicant's key, or the answer by which it is counted
    since = models.DateField()  # the first day of the month, the year or the season
    number = models.PositiveIntegerField()  # from 1 to what is allowed

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quota", "holder", "since", "number"], name="quota_used_once"),
        ]


def require_left(application: Application, answers: Answers, *, at: datetime) -> None:
    """Raise QuotaSpent when the service has a quota, and nothing of it is left for this application."""
    quota = application.definition.quota
    if quota and (holder := _holder(application, quota, answers)):
        since = _since(application, quota, at)
        if _first_free(quota, holder, since, but=application) is None:
            raise QuotaSpent(quota, _next(application, quota, since))


@transaction.atomic
def use(application: Application, *, at: datetime) -> None:
    """Use one of the quota of the service, where it has one; each application uses one. Raises QuotaSpent."""
    quota = application.definition.quota
    if quota is None or QuotaUse.objects.filter(application=application).exists():
        return
    holder, since = _holder(application, quota, application.answers), _since(application, quota, at)
    # Of two that are submitted together the second waits, and is told at once that nothing is left.
    one_at_a_time(f"quota:{quota.of}:{holder}")
    number = _first_free(quota, holder, since, but=application)
    if number is None:
        raise QuotaSpent(quota, _next(application, quota, since))
    try:
        with transaction.atomic():
            QuotaUse.objects.create(
                application=application, quota=quota.of, holder=holder, since=since, number=number
            )
    except IntegrityError as error:
        raise QuotaSpent(quota, _next(application, quota, since)) from error


def give_back(application: Application) -> None:
    """Give back what an application used; without effect when it used nothing."""
    QuotaUse.objects.filter(application=application).delete()


def _holder(application: Application, quota: Quota, answers: Answers) -> str:
    """The applicant or the answer by which it is counted; empty while the answer is missing."""
    if quota.per == "applicant":
        return f"applicant:{application.company_id or application.applicant_id}"
    answer = answers.get(quota.per)
    return f"{quota.per}:{str(answer).strip().casefold()}"[:200] if answer else ""


def _since(application: Application, quota: Quota, at: datetime) -> date:
    today = timezone.localdate(at)
    if quota.each == "season":
        return season(_season(application), near=today).start
    return today.replace(day=1) if quota.each == "month" else today.replace(month=1, day=1)


def _next(application: Application, quota: Quota, since: date) -> date:
    """The first day of the next month, year or season."""
    if quota.each == "season":
        name = _season(application)
        return season(name, near=shifted(season(name, near=since).end or since, 1, "day")).start
    return shifted(since, 1, "month" if quota.each == "month" else "year")


def _season(application: Application) -> str:
    validity = application.definition.instrument.validity
    # The compiler refuses a count by season where there is none.
    assert isinstance(validity, InSeason)
    return validity.season


def _first_free(quota: Quota, holder: str, since: date, *, but: Application) -> int | None:
    used = QuotaUse.objects.filter(quota=quota.of, holder=holder, since=since).exclude(application=but)
    numbers = set(used.values_list("number", flat=True))
    return next((number for number in range(1, quota.at_most + 1) if number not in numbers), None)

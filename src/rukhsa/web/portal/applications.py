"""A person's applications: those that wait for the person first, then the rest."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.application import DRAFT_LASTS
from rukhsa.applications.models import Application, ApplicationQuerySet
from rukhsa.applications.stages import Stage, Turn
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.definition import asked
from rukhsa.correspondence.conversation import Side, unread_counts
from rukhsa.payments.models import Charge
from rukhsa.standing import Headline, Standing, standings
from rukhsa.web.access import PortalRequest, requires

A_PAGE = 20
MOST_WAITING = 5
TO_PAY = (Headline.PAY, Headline.PAY_AT_SUBMISSION, Headline.PAY_VISITED)


@dataclass(frozen=True, kw_only=True)
class Row:
    """An application in a list, and where it stands."""

    application: Application
    standing: Standing
    answered: tuple[int, int] | None = None  # of a draft: of so many questions that are asked
    unread: int = 0  # messages of the authority that were not seen


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What the first page tells a person of their own applications."""

    waiting: list[Row]
    drafts: int
    draft: Application | None  # the newest
    under_way: int


@requires(Permission.APPLY)
@never_cache
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """All applications of the actor, the most recently changed first."""
    page = Paginator(_of(request.actor), A_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    rows = _rows([*listed, *(_to_look_at(request.actor) if page.number == 1 else [])])
    waiting = _waiting(rows[len(listed) :])
    to_pay = sum(row.standing.headline in TO_PAY for row in waiting)
    context = {"page": page, "rows": rows[: len(listed)], "waiting": waiting, "to_pay": to_pay}
    return render(request, "portal/mine.html", context)


def overview(actor: Actor, *, most: int) -> Overview:
    """At most so many applications that wait for the actor, and how many drafts and others there are."""
    own, now = Application.objects.of_applicant(actor), timezone.now()
    kept = Q(stage=Stage.DRAFT, saved_at__gte=now - DRAFT_LASTS)
    counted = own.aggregate(
        drafts=Count("pk", filter=kept), under_way=Count("pk", filter=Q(stage=Stage.SUBMITTED))
    )
    waiting = _waiting(_rows(_to_look_at(actor)))
    draft = _of(actor).filter(kept).first() if counted["drafts"] else None
    return Overview(waiting=waiting[:most], draft=draft, **counted)


def _to_look_at(actor: Actor) -> list[Application]:
    returned = _of(actor).filter(stage=Stage.RETURNED)[:MOST_WAITING]
    to_pay = _of(actor).filter(pk__in=Charge.objects.owed().values("application"))[:MOST_WAITING]
    return [*returned, *to_pay]


def _waiting(rows: list[Row]) -> list[Row]:
    """Those that the person can do something about; a payment that was left may have been given up."""
    left = Headline.CHECKING_PAYMENT
    waiting = [row for row in rows if row.standing.turn == Turn.APPLICANT or row.standing.headline == left]
    return sorted(waiting, key=lambda row: row.standing.headline == left)[:MOST_WAITING]


def _rows(applications: Iterable[Application]) -> list[Row]:
    applications = list(applications)
    where = standings(applications, at=timezone.now())
    unread = unread_counts(where, Side.APPLICANT)
    return [
        Row(application=one, standing=where[one.pk], answered=progress_of(one), unread=unread.get(one.pk, 0))
        for one in applications
    ]


def progress_of(application: Application) -> tuple[int, int] | None:
    """How many questions of a draft are answered, and how many are asked."""
    if application.stage != Stage.DRAFT:
        return None
    questions = asked(application.definition, application.answers)
    return sum(question.id in application.answers for question in questions), len(questions)


def _of(actor: Actor) -> ApplicationQuerySet:
    visible = Application.objects.of_applicant(actor).select_related(
        "service_version", "process_version", "company"
    )
    return visible.exclude(stage=Stage.WITHDRAWN, reference=None).order_by("-saved_at")

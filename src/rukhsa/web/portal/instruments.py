"""A person's documents in a list, and a renewal begun by one click."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import draft
from rukhsa.applications.models import Application, Renewing
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.issuance import renewal
from rukhsa.issuance.models import Instrument, InstrumentQuerySet, Intent
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.document import instrument_of
from rukhsa.web.portal.holding import rows_of
from rukhsa.web.portal.offer import current, may_apply
from rukhsa.web.portal.reach import application_of

A_PAGE = 20


@requires(Permission.APPLY)
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """All documents of the actor, those issued last first."""
    page = Paginator(_of(request.actor), A_PAGE).get_page(request.GET.get("page"))
    rows = list(rows_of(list(page.object_list), at=timezone.now()))
    return render(request, "portal/instruments.html", {"page": page, "rows": rows})


@requires(Permission.APPLY)
@require_POST
def renew(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Begin the renewal of what was issued on an application, or go to the one that is begun already."""
    application = application_of(request, pk)
    instrument = instrument_of(application)
    at = timezone.now()
    how = renewal.renewable([instrument], at=at).get(instrument.pk)
    if how is None:
        return redirect("portal:document", pk)
    if begun := _begun(request.actor, how, instrument.number):
        return redirect("portal:application", begun.pk)
    version = current(how.service)
    if not may_apply(request.actor, version.definition):
        return redirect("portal:service", how.service)
    with transaction.atomic():
        begun = draft.start(version, actor=request.actor, language=get_language() or "ar", at=at)
        draft.save(begun, {how.question: instrument.number}, actor=request.actor, at=at)
    return redirect("portal:section", begun.pk, version.definition.sections[0].id)


def _of(actor: Actor) -> InstrumentQuerySet:
    """The newest version of each period; a version that was replaced is read where it was issued."""
    mine = Application.objects.of_applicant(actor)
    numbers = Intent.objects.filter(application__in=mine).values("number")
    newer = Intent.objects.filter(supersedes=OuterRef("pk"), instrument__isnull=False)
    found = Instrument.objects.filter(~Exists(newer), intent__number__in=numbers)
    needed = ("intent__application__service_version", "intent__service_version")
    return found.select_related(*needed).order_by("-released_at", "pk")


def _begun(actor: Actor, how: renewal.Renewing, number: str) -> Application | None:
    """A renewal of the same document that is under way, or a draft of one."""
    mine = Application.objects.of_applicant(actor)
    under_way = mine.filter(pk__in=Renewing.objects.filter(number=number).values("application")).first()
    if under_way:
        return under_way
    drafts = mine.filter(stage=Stage.DRAFT, service_version__service=how.service)
    return drafts.filter(**{f"answers__{how.question}": number}).order_by("-saved_at").first()

"""A person's documents: the list, one document with its state and file, and renewal by one click."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import BooleanField, F, Func
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications import draft
from rukhsa.applications.models import Application, Renewing
from rukhsa.applications.stages import Stage
from rukhsa.authorities.actor import Actor
from rukhsa.delivery.delivery import deliver
from rukhsa.issuance import renewal, time_stamp
from rukhsa.issuance.correction import correction_behind
from rukhsa.issuance.instrument import successor_of
from rukhsa.issuance.models import Instrument, InstrumentQuerySet, Intent
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.pages import application_of
from rukhsa.web.portal.service import current, may_apply

A_PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Row:
    """A document in the list; `days` is set when it ends soon."""

    instrument: Instrument
    application: Application
    holds: bool
    has_ended: bool
    has_begun: bool
    days: int | None
    may_renew: bool


@requires(Permission.APPLY)
@require_GET
def show_all(request: PortalRequest) -> HttpResponse:
    """All documents of the actor, the most recently issued first."""
    page = Paginator(_of(request.actor), A_PAGE).get_page(request.GET.get("page"))
    rows = list(rows_of(list(page.object_list), at=timezone.now()))
    return render(request, "portal/instruments.html", {"page": page, "rows": rows})


@requires(Permission.APPLY)
@require_POST
def renew(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Start the renewal of a document, or continue one that was started."""
    application = application_of(request, pk)
    instrument = Instrument.objects.newest_of(application)
    at = timezone.now()
    how = renewal.renewable([instrument], at=at).get(instrument.pk)
    if how is None:
        return redirect("portal:document", pk)
    if begun := _begun(request.actor, how, instrument.number):
        return redirect("portal:application", begun.pk)
    version = current(how.service)
    if not may_apply(request.actor, version.definition):
        return redirect("portal:service", how.service)
    known = {how.question: instrument.number}
    begun = draft.start(version, known, actor=request.actor, language=get_language() or "ar", at=at)
    return redirect("portal:section", begun.pk, version.definition.sections[0].id)


def _of(actor: Actor) -> InstrumentQuerySet:
    """The newest version of each period; replaced versions are not listed."""
    mine = Application.objects.of_applicant(actor)
    numbers = ArraySubquery(Intent.objects.filter(application__in=mine).values("number"))
    # As an array the few numbers are found first, and the documents by them; as a join all documents were read.
    among_them = Func(
        F("intent__number"),
        numbers,
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )
    found = Instrument.objects.not_superseded().filter(among_them)
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


@requires(Permission.APPLY)
@never_cache
@require_GET
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The number, period and state of a document."""
    application = application_of(request, pk)
    instrument = Instrument.objects.newest_of(application)
    context = {
        "application": application,
        "definition": application.definition,
        "instrument": instrument,
        "status": str(instrument.status(timezone.now())),
        "successor": successor_of(instrument),
        "corrected_by": correction_behind(instrument),
        "row": next(rows_of([instrument], at=timezone.now())),
        "verifier": settings.CONFIG.addresses.public_url,
    }
    return render(request, "portal/document.html", context)


@requires(Permission.APPLY)
@require_GET
def download(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """The PDF, with the log's proof and the time stamp that were added after signing."""
    application = application_of(request, pk)
    instrument = Instrument.objects.newest_of(application)
    # The store is not trusted: a file whose digest differs is not sent.
    response = FileResponse(
        io.BytesIO(time_stamp.handed_out(instrument)),
        as_attachment=True,
        filename=f"{instrument.number}.pdf",
        content_type="application/pdf",
    )
    response["Cache-Control"] = "private, no-store"
    deliver(application, "portal", actor=request.actor, at=timezone.now())
    return response


def rows_of(instruments: list[Instrument], *, at: datetime) -> Iterator[Row]:
    """The rows of a list of documents, in seven queries for any number."""
    holding = set(
        Instrument.objects.filter(pk__in=[each.pk for each in instruments])
        .holding()
        .values_list("pk", flat=True)
    )
    renewable = renewal.renewable(instruments, at=at)
    today = timezone.localdate(at)
    applications = _applications_of(instruments)
    for instrument in instruments:
        left = renewal.days_left(instrument, on=today)
        holds, has_begun = instrument.pk in holding, instrument.period.start <= today
        yield Row(
            instrument=instrument,
            application=instrument.intent.application or applications[instrument.number],
            holds=holds,
            has_ended=left is not None and left < 0,
            has_begun=has_begun,
            days=left if holds and has_begun and left is not None and 0 <= left <= renewal.SOON else None,
            may_renew=instrument.pk in renewable and renewal.is_time(instrument, on=today),
        )


def _applications_of(instruments: list[Instrument]) -> dict[str, Application]:
    """By number, the application of the newest version that has one; an amendment has none."""
    amended = [each.number for each in instruments if each.intent.application is None]
    intents = Intent.objects.filter(number__in=amended, application__isnull=False)
    found = intents.select_related("application").order_by("version")
    return {intent.number: intent.application for intent in found if intent.application}

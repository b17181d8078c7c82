"""Many applications from a spreadsheet: the template, what is wrong row by row, one confirmation, and the progress."""

from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.file_check import LARGEST_FILE, BadFile
from rukhsa.applications.known import is_given
from rukhsa.authorities.actor import Actor
from rukhsa.batches.batch import Batch, BatchRefused, blank, confirm, take_in
from rukhsa.batches.batch_row import LARGEST, BadSheet
from rukhsa.batches.template import template
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.payments.models import Charge
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.portal.service import current, may_batch
from rukhsa.web.sentences import sentence_of

UNPROCESSABLE = 422
A_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: PortalRequest, service: str) -> HttpResponse:
    """GET explains, and offers the template; POST takes a spreadsheet in and shows what is wrong with it."""
    version = current(service)
    if not may_batch(request.actor, version.definition):
        return redirect("portal:service", service)
    if request.method == "GET":
        return _page(request, version)
    try:
        taken = _take_in(request, version)
    except (BadSheet, BadFile) as bad:
        return _page(request, version, error=bad.text)
    except BatchRefused as refused:
        return _page(request, version, error=sentence_of(refused.code))
    return redirect("portal:batch", taken.pk)


@requires(Permission.APPLY)
@require_GET
def download_template(request: PortalRequest, service: str) -> HttpResponse:
    """The spreadsheet to be filled in, in the language of the page."""
    version = current(service)
    if not may_batch(request.actor, version.definition):
        return redirect("portal:service", service)
    language = get_language() or "ar"
    content = template(blank(_of(request.actor, version)), language=language, at=timezone.now())
    disposition = f'attachment; filename="{version.service}.xlsx"'
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})


@requires(Permission.APPLY)
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: PortalRequest, pk: UUID) -> HttpResponse:
    """GET shows each row; POST submits the good ones, or checks the spreadsheet again with more files."""
    batch = _mine(request.actor, pk)
    if request.method == "POST" and "confirm" in request.POST:
        try:
            confirm(batch, actor=request.actor, at=timezone.now())
        except BatchRefused as refused:
            return _report(request, batch, error=sentence_of(refused.code))
        return redirect("portal:batch", pk)
    if request.method == "POST":
        try:
            again = _take_in(request, batch.service_version, earlier=batch)
        except (BadSheet, BadFile) as bad:
            return _report(request, batch, error=bad.text)
        except BatchRefused as refused:
            return _report(request, batch, error=sentence_of(refused.code))
        return redirect("portal:batch", again.pk)
    return _report(request, batch)


def _take_in(request: PortalRequest, version: ServiceVersion, *, earlier: Batch | None = None) -> Batch:
    sheet = request.FILES.get("sheet")
    for_all = {
        document.id: _read(sent)
        for document in version.definition.documents
        if isinstance(sent := request.FILES.get(f"all.{document.id}"), UploadedFile)
    }
    return take_in(
        version,
        sheet.read(LARGEST + 1) if sheet else b"",
        name=(sheet.name or "") if sheet else "",
        files={one.name or "": _read(one) for one in request.FILES.getlist("files")},
        for_all=for_all,
        actor=request.actor,
        language=get_language() or "ar",
        at=timezone.now(),
        earlier=earlier,
    )


def _read(file: "UploadedFile[bytes]") -> bytes:
    return bytes(file.read(LARGEST_FILE + 1))


def _of(actor: Actor, version: ServiceVersion) -> Batch:
    return Batch(
        service_version=version, person=actor.person, company=actor.company, language=get_language() or "ar"
    )


def _mine(actor: Actor, pk: UUID) -> Batch:
    own = Batch.objects.of_applicant(actor).select_related("service_version", "company", "person")
    return own.get(pk=pk)


def _page(
    request: PortalRequest, version: ServiceVersion, *, error: Promise | str | None = None
) -> HttpResponse:
    context = {
        "definition": version.definition,
        "documents": _documents(request.actor, version),
        "earlier": Batch.objects.of_applicant(request.actor)
        .filter(service_version__service=version.service)
        .order_by("-created_at")[:5],
        "error": error,
    }
    return render(request, "portal/batch_begin.html", context, status=UNPROCESSABLE if error else 200)


def _documents(actor: Actor, version: ServiceVersion) -> list[object]:
    return [each for each in version.definition.documents if not is_given(each, actor.applicant)]


def _report(request: PortalRequest, batch: Batch, *, error: Promise | str | None = None) -> HttpResponse:
    counted = batch.rows.aggregate(
        rows=Count("pk"),
        good=Count("pk", filter=Q(problems=[])),
        submitted=Count("pk", filter=Q(application__isnull=False)),
    )
    of_it = batch.rows.exclude(application=None).values("application")
    owed = Charge.objects.filter(application__in=of_it).owed()
    rows = batch.rows.select_related("application").order_by("number")
    shown = rows if batch.confirmed_at else rows.exclude(problems=[])
    left = counted["good"] - counted["submitted"]
    context = {
        "batch": batch,
        "definition": batch.service_version.definition,
        "documents": _documents(request.actor, batch.service_version),
        "page": Paginator(shown, A_PAGE).get_page(request.GET.get("page")),
        "bad": counted["rows"] - counted["good"],
        "left": left if batch.confirmed_at else 0,
        "to_pay": owed.count() if batch.confirmed_at and not left else 0,
        "error": error,
        **counted,
    }
    return render(request, "portal/batch.html", context, status=UNPROCESSABLE if error else 200)

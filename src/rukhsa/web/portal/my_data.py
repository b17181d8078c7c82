"""A person's own data: who looked at it, and having it made as a file and downloading that."""

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.applications.models import Application
from rukhsa.personal.data_export import ask_for_own_data, take
from rukhsa.personal.models import DataExport
from rukhsa.personal.own_looks import looks_at, newest_of, told_of
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.archive import answer_zip

A_PAGE = 50


@requires(Permission.READ_OWN)
@never_cache
@require_GET
def show_looks(request: PortalRequest) -> HttpResponse:
    """The looks of officers, inspectors and agencies at the actor's applications, without names, the newest first."""
    applications = newest_of(Application.objects.of_applicant(request.actor))
    page = Paginator(looks_at(applications), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "looks": list(told_of(list(page.object_list), applications))}
    return render(request, "portal/looks.html", context)


@requires(Permission.READ_OWN)
@never_cache
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """What the file is, and the newest one: being made, ready, or none."""
    at, export = timezone.now(), DataExport.objects.own(request.actor).first()
    context = {
        "export": export,
        "is_under_way": bool(export and export.is_under_way(at=at)),
        "is_open": bool(export and export.is_open(at=at)),
    }
    return render(request, "portal/own_data.html", context)


@requires(Permission.READ_OWN, fresh=True)
@require_POST
def make(request: PortalRequest) -> HttpResponse:
    """Have the file made by a job."""
    ask_for_own_data(actor=request.actor, language=get_language() or "ar", at=timezone.now())
    return redirect("portal:own-data")


@requires(Permission.READ_OWN, fresh=True)
@never_cache
@require_POST
def download(request: PortalRequest) -> FileResponse | HttpResponse:
    """The file; one whose day is over leads back to the page, which says so."""
    at, export = timezone.now(), DataExport.objects.own(request.actor).first()
    if export is None or not export.is_open(at=at):
        return redirect("portal:own-data")
    return answer_zip(take(export, actor=request.actor, at=at), size=export.size)

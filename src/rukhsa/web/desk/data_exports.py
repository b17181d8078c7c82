"""A person's data as a file, for the data protection officer: having it made with a purpose, and downloading it."""

from http import HTTPStatus
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from rukhsa.accounts.permissions import Permission
from rukhsa.audit.journal import record
from rukhsa.authorities.models import Authority
from rukhsa.personal.data_export import ask_for_data_of, take
from rukhsa.personal.models import DataExport
from rukhsa.personal.purpose import PersonalError
from rukhsa.web.access import PortalRequest, requires
from rukhsa.web.archive import answer_zip


@requires(Permission.EXPORT_DATA)
@never_cache
@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """The form, and the files that the reader had made: how far each is, or until when it can be downloaded."""
    record("see-exports", request.actor.person, actor=request.actor, at=timezone.now())
    return _page(request)


@requires(Permission.EXPORT_DATA, fresh=True)
@require_POST
def make(request: PortalRequest) -> HttpResponse:
    """Have the file made of what an authority holds about the person of a number, which stands in no address."""
    names = ("number", "authority", "purpose")
    typed = {name: request.POST.get(name, "").replace("\x00", "").strip()[:20] for name in names}
    authority = Authority.objects.on_which(request.actor, Permission.EXPORT_DATA).get(code=typed["authority"])
    language, at = get_language() or "ar", timezone.now()
    try:
        ask_for_data_of(
            typed["number"], authority, typed["purpose"], actor=request.actor, language=language, at=at
        )
    except PersonalError as refused:
        return _page(request, error=refused, typed=typed)
    return redirect("desk:exports")


@requires(Permission.EXPORT_DATA, fresh=True)
@never_cache
@require_POST
def download(request: PortalRequest) -> FileResponse:
    """One that the reader had made; absent once its day is over."""
    try:
        key = UUID(request.POST.get("export", ""))
    except ValueError:
        raise Http404 from None
    at, export = timezone.now(), DataExport.objects.of_officer(request.actor).get(pk=key)
    if not export.is_open(at=at):
        raise Http404
    return answer_zip(take(export, actor=request.actor, at=at), size=export.size)


def _page(
    request: PortalRequest, *, error: PersonalError | None = None, typed: dict[str, str] | None = None
) -> HttpResponse:
    at, today = timezone.now(), timezone.localdate()
    mine = Authority.objects.on_which(request.actor, Permission.EXPORT_DATA).order_by("code")
    exports = DataExport.objects.of_officer(request.actor).select_related("person", "authority")
    context = {
        "authorities": [(each.code, each.name(on=today)) for each in mine],
        "purposes": DataExport.Purpose.choices,
        "exports": [(each, each.is_open(at=at), each.is_under_way(at=at)) for each in exports],
        "typed": typed or {},
        "error": getattr(error, "text", None),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "desk/exports.html", context, status=status)

"""Files that arrive in pieces: core and creation of the tus protocol 1.0, for the script of the documents page."""

import base64
import binascii
from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from rukhsa import applying
from rukhsa.accounts.permissions import Permission
from rukhsa.applications import upload_in_pieces
from rukhsa.applications.file_check import BadFile
from rukhsa.applications.upload_in_pieces import Upload, WrongOffset
from rukhsa.web.access import SAFE, PortalRequest, requires
from rukhsa.web.portal.pages import application_of
from rukhsa.web.sentences import status_of_form

VERSION = {"Tus-Resumable": "1.0.0"}


@requires(Permission.APPLY)
@require_POST
def begin(request: PortalRequest, pk: UUID, document: str) -> HttpResponse:
    """Begin to receive a file of the length that `Upload-Length` says; `Location` is where its pieces go."""
    application = application_of(request, pk)
    length = request.headers.get("Upload-Length", "")
    if not length.isdecimal() or len(length) > 12:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST, headers=VERSION)
    name = name_in(request.headers.get("Upload-Metadata", ""))
    try:
        begun = upload_in_pieces.begin(
            application, document, name=name, size=int(length), actor=request.actor, at=timezone.now()
        )
    except BadFile as bad:
        return refusal(bad)
    address = reverse("portal:upload", args=[begun.pk])
    return HttpResponse(
        status=HTTPStatus.CREATED, headers=VERSION | {"Location": address, "Upload-Offset": "0"}
    )


@requires(Permission.APPLY)
@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
def piece(request: PortalRequest, pk: UUID) -> HttpResponse:
    """HEAD says how much has arrived, PATCH brings the next piece, DELETE cancels; the last piece attaches the file."""
    found = upload_in_pieces.of(request.actor, pk)
    if request.method == "DELETE":
        found.delete()
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=VERSION)
    if request.method in SAFE:
        return HttpResponse(
            headers=VERSION | {"Upload-Offset": str(found.offset), "Upload-Length": str(found.size)}
        )
    offset = request.headers.get("Upload-Offset", "")
    if request.content_type != "application/offset+octet-stream" or not offset.isdecimal():
        return HttpResponse(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, headers=VERSION)
    try:
        found = upload_in_pieces.receive(found, request.body, offset=int(offset[:12]))
        if found.is_whole:
            finish(request, found)
    except WrongOffset as wrong:
        headers = VERSION | {"Upload-Offset": str(wrong.offset)}
        return HttpResponse(status=HTTPStatus.CONFLICT, headers=headers)
    except BadFile as bad:
        return refusal(bad)
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=VERSION | {"Upload-Offset": str(found.offset)})


def finish(request: PortalRequest, whole: Upload) -> None:
    """Attach what has arrived. Raises BadFile."""
    file = upload_in_pieces.taken(whole)
    applying.attach(whole.application, whole.document, file, actor=request.actor, at=timezone.now())


def refusal(bad: BadFile) -> HttpResponse:
    """Why a file is not taken, as the page shows it."""
    told = {"code": bad.code, "detail": str(bad.text)}
    return JsonResponse(told, status=status_of_form(bad.code), headers=VERSION)


def name_in(metadata: str) -> str:
    """The name of the file in `Upload-Metadata`: "filename " and base64 of UTF-8."""
    pairs = dict(pair.strip().partition(" ")[::2] for pair in metadata.split(","))
    try:
        return base64.b64decode(pairs.get("filename", ""), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""

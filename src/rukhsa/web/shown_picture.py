"""The copy of a picture as an answer, for the desk and the portal: without its place, its device and its name."""

from io import BytesIO
from typing import Final

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

from rukhsa.applications import blobs
from rukhsa.applications.file_check import BadFile
from rukhsa.applications.picture import copy_of
from rukhsa.files.kind import JPEG

_PLAIN: Final = "text/plain; charset=utf-8"


def answer_copy(digest: str, *, shown: str = "") -> HttpResponseBase:
    """Send the copy of a picture, whose digest is that of the original; `shown` is of a copy that its row names."""
    try:
        shown = shown or copy_of(digest).shown_digest
    except BadFile as bad:  # it was sent before its kind was refused
        return HttpResponse(str(bad.text), content_type=_PLAIN)
    content = BytesIO(blobs.fetch(shown))
    response = FileResponse(content, content_type=JPEG.media_type, filename=f"{shown[:16]}.{JPEG.ending}")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response

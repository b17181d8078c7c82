"""The answer with an archive of a person's data."""

from typing import IO

from django.http import FileResponse


def answer_zip(file: IO[bytes], *, size: int) -> FileResponse:
    """Send a ZIP of `size` bytes that no cache keeps, under a name that says nothing of the person."""
    response = FileResponse(file, as_attachment=True, filename="my-data.zip", content_type="application/zip")
    response["Content-Length"] = str(size)
    response["Cache-Control"] = "private, no-store"
    return response

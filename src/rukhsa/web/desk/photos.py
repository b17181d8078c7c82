"""Photos that come with a form: checked, kept, and not lost when the form comes back with a fault."""

from django.core import signing
from django.utils.translation import gettext as _

from rukhsa.applications import blobs
from rukhsa.applications.file_check import LARGEST_FILE, BadFile, check_file
from rukhsa.web.access import PortalRequest

MOST_PHOTOS = 12


def keep_photos(request: PortalRequest, kept: list[str]) -> list[str]:
    """The digests of the photos sent now, after those kept before. Raises BadFile."""
    uploads = request.FILES.getlist("photos")
    if len(kept) + len(uploads) > MOST_PHOTOS:
        raise BadFile("too-many-files", _("Add at most %(most)s photos.") % {"most": MOST_PHOTOS})
    for upload in uploads:
        content = upload.read(LARGEST_FILE + 1)
        picture, _kind = check_file(content, ("image",)).as_it_is(content)
        kept = [*dict.fromkeys([*kept, blobs.keep(picture)])]
    return kept


def kept_before(request: PortalRequest, *, salt: str) -> list[str]:
    """The digests that the form brings back: a browser cannot be given a file again, so they come signed."""
    kept = []
    for one in request.POST.getlist("kept")[:MOST_PHOTOS]:
        try:
            kept.append(signing.Signer(salt=salt).unsign(one))
        except signing.BadSignature:
            continue
    return kept


def sealed(digests: list[str], *, salt: str) -> list[str]:
    """The digests as the form carries them."""
    return [signing.Signer(salt=salt).sign(digest) for digest in digests]

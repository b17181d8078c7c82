"""The form of a message: its text, the files sent now, and those that were taken before the form was shown again."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Final

from django.core import signing
from django.core.files.base import File
from django.http import HttpRequest
from django.utils.functional import Promise

from rukhsa.applications.file_check import BadFile
from rukhsa.applications.taken import MOST_FILES, Taken, take
from rukhsa.correspondence.conversation import ConversationError, TooManyFiles
from rukhsa.files.kind import accepted

_SALT: Final = "message.enclosures"
TOO_MANY: Final = TooManyFiles.text
ACCEPT: Final = accepted(("pdf", "image"))


@dataclass(kw_only=True)
class MessageForm:
    """A message as it was typed, with what is wrong with it; a browser cannot send a file again by itself."""

    text: str = ""
    taken: list[Taken] = field(default_factory=list)
    problem: Promise | str = ""
    about_files: bool = False

    @property
    def sealed(self) -> list[tuple[str, str]]:
        """The name of each file that was taken, and its signed description for the form."""
        return sealed(self.taken)


def read_form(request: HttpRequest) -> MessageForm:
    """What was sent: files are checked and stored as they come, and a file that is not taken is named."""
    form = MessageForm(text=request.POST.get("text", "").replace("\x00", ""), taken=taken_before(request))
    uploads = request.FILES.getlist("files")
    if len(form.taken) + len(uploads) > MOST_FILES:
        refuse(form, TooManyFiles())
        return form
    form.taken, form.problem = take_each(uploads, form.taken)
    form.about_files = bool(form.problem)
    return form


def take_each(uploads: Iterable["File[bytes]"], before: Iterable[Taken] = ()) -> tuple[list[Taken], str]:
    """Check and store files beside those taken `before`, the same one once; and what is wrong with one that is not
    taken, by its name."""
    taken, problem = list(before), ""
    for upload in uploads:
        try:
            taken.append(take(upload))
        except BadFile as bad:
            problem = f"{upload.name}: {bad.text}"
    return list({one.digest: one for one in taken}.values()), problem


def refuse(form: MessageForm, error: ConversationError) -> None:
    """Say in the form why the message was not sent."""
    form.problem, form.about_files = error.text, isinstance(error, TooManyFiles)


def sealed(taken: Iterable[Taken]) -> list[tuple[str, str]]:
    """The name of each file, and its signed description for a form."""
    return [(one.name, signing.dumps(asdict(one), salt=_SALT)) for one in taken]


def taken_before(request: HttpRequest) -> list[Taken]:
    """The files that the form brings back, signed."""
    found = []
    for one in request.POST.getlist("taken")[:MOST_FILES]:
        try:
            kept = signing.loads(one, salt=_SALT)
        except signing.BadSignature:
            continue
        found.append(Taken(**kept | {"notes": tuple(kept["notes"])}))
    return found

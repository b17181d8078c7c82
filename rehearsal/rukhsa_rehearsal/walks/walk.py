"""One walk: an application that follows a path and a script, and how it ended."""

from dataclasses import dataclass
from enum import StrEnum

from rukhsa.applications.models import Application
from rukhsa.authorities.actor import Actor
from rukhsa.catalogue.models import ServiceVersion
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.difference.paths import Path
from rukhsa.issuance.models import Instrument


class Script(StrEnum):
    """What people do on a walk apart from answering."""

    STRAIGHT = "straight"
    RETURNED = "returned once and submitted again"
    LATE = "paid after the first quote has expired"
    REFUSED = "refused by the officer"
    WITHDRAWN_AS_DRAFT = "withdrawn as a draft"
    WITHDRAWN_UNDER_REVIEW = "withdrawn under review"
    WITHDRAWN_WHEN_RETURNED = "withdrawn when it was returned"
    FORGOTTEN = "left as a draft until it expires"
    UNANSWERED = "returned and never answered, until its time is over"
    UNPAID = "granted and never paid, until its time is over"


class End(StrEnum):
    """How an application ends."""

    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    BARRED = "barred"  # the form refuses the submission, with the reason


ENDS_WITHOUT_INSTRUMENT = {
    Script.REFUSED: End.REFUSED,
    Script.WITHDRAWN_AS_DRAFT: End.WITHDRAWN,
    Script.WITHDRAWN_UNDER_REVIEW: End.WITHDRAWN,
    Script.WITHDRAWN_WHEN_RETURNED: End.WITHDRAWN,
    Script.FORGOTTEN: End.EXPIRED,
    Script.UNANSWERED: End.EXPIRED,
    Script.UNPAID: End.EXPIRED,
}
"""The ends that a script brings about whatever is answered."""

NEVER_SUBMITTED = (Script.WITHDRAWN_AS_DRAFT, Script.FORGOTTEN)


@dataclass(kw_only=True)
class Walk:
    """An application on its way."""

    version: ServiceVersion
    path: Path
    script: Script
    applicant: Actor
    setting: Setting
    application: Application | None = None
    instrument: Instrument | None = None
    end: End | None = None

    @property
    def begun(self) -> Application:
        """The application, once there is one."""
        assert self.application is not None
        return self.application


class WalkFailed(Exception):
    """A walk that did not end as it should; the text says why."""

    code = "walk-failed"

    def __init__(self, walk: Walk, why: str) -> None:
        chosen = ", ".join(f"{question} = {answer}" for question, answer in walk.path.answers.items())
        super().__init__(f"{walk.version.service}, {walk.script}, {chosen or 'no choices'}: {why}")
        self.walk = walk

"""Records when an examination that waits for a payment may begin: from then on its clock runs."""

from datetime import datetime

from rukhsa.applications.models import Application
from rukhsa.applications.stages import Act
from rukhsa.review import facts
from rukhsa.review.models import Beginning


def begin(application: Application, *, at: datetime) -> None:
    """What was due at submission is paid; again changes nothing, and where nothing was due nothing is recorded."""
    if not facts.is_paid_first(application.definition):
        return
    submission = application.steps.filter(act=Act.SUBMIT).order_by("id").first()
    if submission:
        Beginning.objects.get_or_create(submission=submission, defaults={"at": at})

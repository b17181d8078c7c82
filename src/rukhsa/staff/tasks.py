"""What is done again and again for the accounts of the staff."""

from datetime import UTC, datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from procrastinate.contrib.django import app

from rukhsa.staff import limit


@app.periodic(cron="41 * * * *")
@app.task(name="staff.forget", queue="staff", queueing_lock="staff.forget")
def forget(timestamp: int) -> None:
    """Drop sessions whose time is over, and limits that limit nothing any more; what was done stays in the journal."""
    at = datetime.now(UTC)
    Session.objects.filter(expire_date__lt=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    limit.forget(at=at)

"""Periodic tasks for the accounts of the staff."""

from datetime import UTC, datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from procrastinate.contrib.django import app

from rukhsa.staff import limit


@app.periodic(cron="41 * * * *")
@app.task(name="staff.forget", queue="staff", queueing_lock="staff.forget")
def forget(timestamp: int) -> None:
    """Delete sessions that are over, and limits that no longer limit anything; the journal keeps the acts."""
    at = datetime.now(UTC)
    Session.objects.filter(expire_date__lt=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    limit.forget(at=at)

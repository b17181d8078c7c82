"""The journal: one row for each act, and for each look at personal data."""

from django.db import models
from django.db.models import Q


class JournalEntry(models.Model):
    """Who did or saw what, when. Rows are only ever added; the database refuses the rest."""

    at = models.DateTimeField(db_index=True)
    actor = models.UUIDField(null=True, db_index=True)  # None: the system itself
    act = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    is_security = models.BooleanField(
        default=False, db_default=False
    )  # whether the security log has it (audit/security.py)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject"], name="journal_by_subject"),
            # The security log is a small part of the journal, and read from its end.
            models.Index(fields=["-id"], condition=Q(is_security=True), name="security_newest"),
            models.Index(fields=["act", "-id"], condition=Q(is_security=True), name="security_by_act"),
            models.Index(fields=["actor", "-id"], condition=Q(is_security=True), name="security_by_actor"),
            models.Index(
                fields=["subject", "-id"], condition=Q(is_security=True), name="security_by_subject"
            ),
        ]

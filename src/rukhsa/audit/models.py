"""The journal: one row for each act, and for each look at personal data."""

from django.db import models


class JournalEntry(models.Model):
    """Who did or saw what, when. Rows are only ever added; the database refuses the rest."""

    at = models.DateTimeField(db_index=True)
    actor = models.UUIDField(null=True, db_index=True)  # None: the system itself
    act = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject"], name="journal_by_subject")]

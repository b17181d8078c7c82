"""Legacy documents: the readings of registers, the rows that were accepted, and why some are not issued again."""

from django.db import models

from rukhsa.authorities.models import Authority


class LegacyImport(models.Model):
    """One reading of a register: the digests of its file and of the mapping."""

    register = models.SlugField(max_length=60)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    file_digest = models.CharField(max_length=64)
    mapping_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        app_label = "issuance"
        constraints = [
            models.UniqueConstraint(
                fields=["register", "file_digest", "mapping_digest"], name="legacy_file_read_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.register} ({self.file_digest[:12]})"


class LegacyDocumentQuerySet(models.QuerySet["LegacyDocument"]):
    """Which rows are current for their document."""

    def newest(self) -> "LegacyDocumentQuerySet":
        """The newest version of each document, with those that a later reading omits."""
        return self.filter(replaced_by=None)

    def current(self) -> "LegacyDocumentQuerySet":
        """The newest version of each document that the newest reading has."""
        return self.newest().filter(omission=None)


class LegacyDocument(models.Model):
    """A version of a paper document of the previous system, as its row in the register describes it.

    A corrected register or mapping makes a new version (`replaces`); a document that was issued has no further one.
    """

    source = models.ForeignKey(LegacyImport, models.PROTECT, related_name="documents")
    register = models.SlugField(max_length=60)
    row_number = (
        models.PositiveIntegerField()
    )  # the first row under the heading is 2, as a spreadsheet shows it
    number = models.CharField(max_length=40)  # empty where the register did not record one
    # SHA-256 of the row, which stands for the document where there is no number; empty where there is one.
    fingerprint = models.CharField(max_length=64, default="")
    first = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")  # None: it is the first
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    service = models.SlugField(max_length=60)
    kind = models.CharField(max_length=120)
    holder = models.CharField(max_length=120)
    place = models.CharField(max_length=200)
    # As exactly as the register says: 2024-06-15, 2024-06, 2024, or nothing.
    issued = models.CharField(max_length=10)
    expires = models.DateField(null=True)
    amounts = models.JSONField(default=dict)  # name -> {"minor": 4300, "currency": "USD"}
    details = models.JSONField(default=dict)  # name -> text
    # What is answered to the service's questions; None for what an earlier program read.
    answers = models.JSONField(null=True)
    raw = models.JSONField()  # the row as it was read, column by column

    objects = LegacyDocumentQuerySet.as_manager()

    class Meta:
        app_label = "issuance"
        constraints = [
            models.UniqueConstraint(
                fields=["register", "number", "fingerprint"],
                condition=models.Q(replaces=None),
                name="legacy_document_begins_once",
            )
        ]
        indexes = [
            models.Index(fields=["number"], name="legacy_by_number"),
            models.Index(fields=["register", "row_number", "id"], name="legacy_in_order"),
            models.Index(fields=["register", "fingerprint"], name="legacy_by_fingerprint"),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.number or f'row {self.row_number}'}"

    @property
    def origin(self) -> str:
        """The origin of its intent, the same for every version of it."""
        return f"legacy:{self.first_id or self.pk}"


class LegacyOmission(models.Model):
    """A later reading has no row for a document that was not issued. Until a row comes back it cannot be issued."""

    document = models.OneToOneField(LegacyDocument, models.PROTECT, related_name="omission")
    source = models.ForeignKey(LegacyImport, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "issuance"


class LegacyRefusal(models.Model):
    """One reason why a document could not be issued again, from the first time it was met."""

    document = models.ForeignKey(LegacyDocument, models.PROTECT, related_name="refusals")
    code = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        app_label = "issuance"
        constraints = [
            models.UniqueConstraint(
                fields=["document", "code", "reason"], name="legacy_refused_once_a_reason"
            )
        ]

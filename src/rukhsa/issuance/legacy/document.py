"""Legacy documents as facts: which register was read, and each row of it that could be believed."""

from django.db import models

from rukhsa.authorities.models import Authority


class LegacyImport(models.Model):
    """One reading of one register: the digests of the file and of the mapping that it was read with."""

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


class LegacyDocument(models.Model):
    """A paper document issued under the system before, as its row in the register says."""

    source = models.ForeignKey(LegacyImport, models.PROTECT, related_name="documents")
    register = models.SlugField(max_length=60)
    row_number = (
        models.PositiveIntegerField()
    )  # the first row under the heading is 2, as a spreadsheet shows it
    number = models.CharField(max_length=40)
    service = models.SlugField(max_length=60)
    kind = models.CharField(max_length=120)
    holder = models.CharField(max_length=120)
    place = models.CharField(max_length=200)
    issued_on = models.DateField()  # the first of the month where the register knows no day
    amounts = models.JSONField(default=dict)  # name -> {"minor": 4300, "currency": "USD"}
    details = models.JSONField(default=dict)  # name -> text
    raw = models.JSONField()  # the row as it was read, column by column

    class Meta:
        app_label = "issuance"
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="legacy_number_once_a_register")
        ]
        indexes = [models.Index(fields=["number"], name="legacy_by_number")]

    def __str__(self) -> str:
        return f"{self.register} {self.number}"

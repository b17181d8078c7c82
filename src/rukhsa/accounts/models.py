"""People, companies, and who may act for whom."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.password_validation import validate_password
from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils import timezone

from rukhsa.values.identifiers import masked
from rukhsa.values.names import Text

# The domain of the addresses that we give to people whose own is missing or used by another account.
NO_MAIL = "@people.invalid"


class PersonKind(models.TextChoices):
    """How the territory knows a person."""

    CITIZEN = "citizen"
    GCC = "gcc"  # a citizen of another state of the Gulf Cooperation Council
    RESIDENT = "resident"
    INVESTOR = "investor"
    STAFF = "staff"


class PersonRegistry(BaseUserManager["Person"]):
    """Makes the people that sign in by password; applicants come from eKey."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """A person who signs in with `email`; without a password none will ever match. Raises ValidationError."""
        fields.setdefault("language", settings.LANGUAGE_CODE)
        person = self.model(email=self.normalize_email(email), **fields)
        if password is not None:
            validate_password(password, person)
        person.set_password(password)
        person.save()
        return person


class Person(AbstractBaseUser):
    """A human being who signs in: an applicant, or one who acts for an authority or an agency."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    phone = models.CharField(max_length=20, blank=True)
    name_ar = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=10, choices=PersonKind)
    personal_number = models.CharField(max_length=20, null=True, blank=True, unique=True)
    birth_date = models.DateField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # when eKey told all this the last time
    language = models.CharField(max_length=2, default="ar")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonRegistry()

    class Meta:
        indexes = [
            # For the rule of retention: who was not seen for years.
            models.Index(
                Greatest("joined_at", "told_at", "last_login"),
                condition=~Q(kind=PersonKind.STAFF),
                name="people_by_last_sight",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def name(self) -> Text:
        """The person's name in both languages."""
        return Text(ar=self.name_ar, en=self.name_en)

    @property
    def has_mail(self) -> bool:
        """Whether messages reach the person by mail: an address of their own was told."""
        return bool(self.email) and not self.email.endswith(NO_MAIL)

    @property
    def masked_number(self) -> str:
        """The personal number as it may be shown to others: the last four digits only."""
        return masked(self.personal_number or "")


class Company(models.Model):
    """A legal person with a commercial registration, or a government body with the number that eKey gives it."""

    registration = models.CharField(max_length=20, unique=True)
    is_government = models.BooleanField(default=False)
    name_ar = models.CharField(max_length=160, blank=True)
    name_en = models.CharField(max_length=160, blank=True)

    def __str__(self) -> str:
        return self.registration

    @property
    def name(self) -> Text:
        """The company's name in both languages."""
        return Text(ar=self.name_ar, en=self.name_en)


class RepresentationQuerySet(models.QuerySet["Representation"]):
    """Which representations hold."""

    def in_force(self, *, at: datetime) -> "RepresentationQuerySet":
        """Those that have begun and not ended at `at`."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)


class Representation(models.Model):
    """The right of a person to act for a company during a period, according to the register of companies."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="representations")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=40)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "company"], condition=Q(ends_at=None), name="one_open_representation"
            )
        ]

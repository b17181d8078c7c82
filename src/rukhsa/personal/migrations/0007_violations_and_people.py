"""Violations and people are erased too: an erasure is of one of three subjects.

The column of applications lets go of NOT NULL, two empty columns with their indexes are added to a table of a few
thousand rows, and four triggers are replaced; no row is written.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from rukhsa.audit.append_only import erasable, erasable_once_decided

PERSONAL = {
    "violations_mending": ("text",),
    "violations_withdrawal": ("reason",),
    "consents_consent": ("owner_number",),
    "consents_deed": ("name", "owner_name", "owner_birth"),
}
_VIOLATION = ("party_name", "party_number", "party_phone", "place", "text", "refusal", "latitude", "longitude")


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0011_fewer_indexes'),
        ('consents', '0002_deeds'),
        ('personal', '0006_dispute_holds'),
        ('violations', '0002_party_without_a_document'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='erasure',
            name='application',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='erasure', to='applications.application'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='violation',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='erasure', to='violations.violation'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='person',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='erasure', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(('application__isnull', False), ('person', None), ('violation', None)),
                    Q(('application', None), ('person', None), ('violation__isnull', False)),
                    Q(('application', None), ('person__isnull', False), ('violation', None)),
                    _connector='OR',
                ),
                name='erasure_of_one_subject',
            ),
        ),
        erasable(PERSONAL),
        erasable_once_decided("violations_violation", _VIOLATION),
    ]

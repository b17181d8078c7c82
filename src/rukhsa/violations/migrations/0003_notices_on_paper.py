"""Notices of violations on paper. A new table; nothing that is there is read or written."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('violations', '0002_party_without_a_document'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PaperNotice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('way', models.CharField(choices=[('handed-over', 'Handed over'), ('left-at-the-place', 'Left at the place'), ('refused', 'Offered, and not accepted')], max_length=20)),
                ('taken_by', models.CharField(blank=True, max_length=200)),
                ('served_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('inspector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('violation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paper_notices', to='violations.violation')),
            ],
            options={
                'ordering': ['served_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('at__gte', django.db.models.expressions.CombinedExpression(models.F('served_at'), '-', models.Value(datetime.timedelta(seconds=300))))), name='paper_notice_not_in_the_future')],
            },
        ),
        append_only("violations_papernotice"),
    ]

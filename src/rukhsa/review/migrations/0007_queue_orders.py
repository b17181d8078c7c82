"""Sort the queue by urgency, filter it by service, mark what waits for a second officer, hold what is next in line."""

import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FILL = """
UPDATE review_queueentry AS entry
SET service = version.service, urgent_at = coalesce(entry.due_at, '3000-01-01 00:00+00'),
    proposed_by_id = (
        SELECT proposal.proposed_by_id FROM review_proposal AS proposal
        WHERE proposal.application_id = entry.application_id AND proposal.state = 'proposed'
        ORDER BY proposal.id DESC LIMIT 1
    )
FROM applications_application AS application
JOIN catalogue_serviceversion AS version ON version.id = application.service_version_id
WHERE application.id = entry.application_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0005_uploads'),
        ('authorities', '0002_roles_of_administration'),
        ('review', '0006_offices_and_mandates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='queueentry',
            name='held_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='queueentry',
            name='held_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='queueentry',
            name='proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='queueentry',
            name='service',
            field=models.SlugField(default='', max_length=60),
        ),
        migrations.AddField(
            model_name='queueentry',
            name='urgent_at',
            field=models.DateTimeField(default=datetime.datetime(3000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)),
        ),
        migrations.AddIndex(
            model_name='queueentry',
            index=models.Index(fields=['authority', 'urgent_at', 'application'], name='queue_urgent'),
        ),
        migrations.AddIndex(
            model_name='queueentry',
            index=models.Index(fields=['authority', 'officer', 'urgent_at', 'application'], name='queue_mine_urgent'),
        ),
        migrations.AddIndex(
            model_name='queueentry',
            index=models.Index(fields=['authority', 'service', 'urgent_at', 'application'], name='queue_of_service'),
        ),
        migrations.AddIndex(
            model_name='queueentry',
            index=models.Index(fields=['urgent_at', 'application'], name='queue_urgent_of_several'),
        ),
        migrations.AddIndex(
            model_name="queueentry",
            index=models.Index(
                condition=models.Q(("proposed_by__isnull", False)),
                fields=["authority", "urgent_at", "application"],
                name="queue_proposed",
            ),
        ),
        # Last, since a table with changed rows takes no index in the same transaction.
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

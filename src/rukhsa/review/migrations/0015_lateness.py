"""Whether officers and supervisors were told of what is late; what was late before is known to them."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0008_within_mandate'),
        ('authorities', '0003_posts_of_directors'),
        ('review', '0014_notes_on_pages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='queueentry',
            name='is_told',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='waitinginspection',
            name='is_told',
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name='queueentry',
            index=models.Index(condition=models.Q(('is_told', False)), fields=['due_at'], name='queue_late_to_tell'),
        ),
        migrations.AddIndex(
            model_name='waitinginspection',
            index=models.Index(condition=models.Q(('is_told', False)), fields=['due_at'], name='visits_late_to_tell'),
        ),
        migrations.RunSQL(
            "UPDATE review_queueentry SET is_told = true WHERE due_at <= now();"
            "UPDATE review_waitinginspection SET is_told = true WHERE due_at <= now();",
            "",
        ),
    ]

"""Why a text is proposed, for the person who approves it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0004_changed_at_the_desk'),
    ]

    operations = [
        migrations.AddField(
            model_name='serviceproposal',
            name='reason',
            field=models.TextField(blank=True),
        ),
    ]

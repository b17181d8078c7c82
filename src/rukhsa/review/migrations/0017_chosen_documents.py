"""Which documents of an application an agency is shown."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only

class Migration(migrations.Migration):

    dependencies = [
        ('review', '0016_second_looks_and_alarms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='referral',
            name='documents',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), null=True),
        ),
        migrations.CreateModel(
            name='DocumentChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('documents', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60))),
                ('at', models.DateTimeField()),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='document_choices', to='review.referral')),
            ],
        ),
        append_only("review_documentchoice"),
    ]

"""Why an application was opened that was not one's own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('applications', '0007_signatories'),
        ('authorities', '0003_posts_of_directors'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Purpose',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('supervision', 'To supervise the work of an officer'), ('cover', 'To stand in for a colleague'), ('question', 'To answer a question of the applicant or of an agency'), ('related', 'To examine another application that depends on it'), ('complaint', 'To look into a complaint or an objection'), ('inspection', 'To prepare a visit or look into a violation'), ('audit', 'To audit'), ('other', 'For another purpose')], max_length=20)),
                ('words', models.CharField(max_length=400)),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.application')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['application', 'person', '-at'], name='purposes_of_application'), models.Index(fields=['authority', '-id'], name='purposes_of_authority')],
            },
        ),
        append_only("personal_purpose"),
    ]

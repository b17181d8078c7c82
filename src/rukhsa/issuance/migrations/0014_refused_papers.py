"""Papers about money that could not be issued, with the reason: facts, for finance to see."""

import django.db.models.deletion
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0009_terms_and_renewals'),
        ('issuance', '0013_intents_by_their_end'),
    ]

    operations = [
        migrations.CreateModel(
            name='PaperRefusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=80)),
                ('code', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.application')),
            ],
            options={
                'indexes': [models.Index(fields=['-at'], name='paper_refusals_newest_first')],
                'constraints': [models.UniqueConstraint(fields=('origin', 'code'), name='paper_refused_once_for_each_reason')],
            },
        ),
        append_only("issuance_paperrefusal"),
    ]

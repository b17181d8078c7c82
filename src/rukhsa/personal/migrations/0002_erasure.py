"""Erasure: what was erased, what keeps it, and the one way in which the database lets a fact become empty.

No table is read or written again: the triggers of ten tables of facts are replaced, each in a moment.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only, erasable

PERSONAL = {
    "applications_step": ("content",),
    "correspondence_message": ("text",),
    "correspondence_enclosure": ("name",),
    "review_finding": ("text",),
    "review_note": ("text",),
    "review_recording": ("value",),
    "review_opinion": ("text",),
    "review_inspectionreport": ("text", "photos"),
    "payments_depositaccount": ("iban",),
    "personal_purpose": ("words",),
}


class Migration(migrations.Migration):

    dependencies = [
        ('correspondence', '0001_initial'),
        ('payments', '0004_joint_payments'),
        ('review', '0010_silence'),
        ('applications', '0007_signatories'),
        ('personal', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('retention', 'Retention'), ('request', 'Request')], max_length=10)),
                ('rule', models.CharField(max_length=40)),
                ('why', models.CharField(max_length=400)),
                ('at', models.DateTimeField()),
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='erasure', to='applications.application')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=400)),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.application')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='HoldEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hold', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='end', to='personal.hold')),
            ],
        ),
        migrations.CreateModel(
            name='ErasedValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=63)),
                ('row', models.CharField(max_length=36)),
                ('column', models.CharField(max_length=63)),
                ('salt', models.CharField(max_length=36)),
                ('digest', models.CharField(max_length=64)),
                ('erasure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='values', to='personal.erasure')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('table', 'row', 'column'), name='erased_once')],
            },
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(fields=['application'], name='holds_of_application'),
        ),
        append_only("personal_erasure", "personal_erasedvalue", "personal_hold", "personal_holdend"),
        erasable(PERSONAL),
    ]

"""Feedback, without names."""

import django.db.models.deletion
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('authorities', '0002_roles_of_administration'),
    ]

    operations = [
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('after', models.CharField(choices=[('submitted', 'Submitted'), ('received', 'Received'), ('page', 'Page')], max_length=10)),
                ('service', models.CharField(blank=True, max_length=60)),
                ('page', models.CharField(blank=True, max_length=60)),
                ('rating', models.PositiveSmallIntegerField(null=True)),
                ('text', models.TextField(blank=True)),
                ('language', models.CharField(max_length=2)),
                ('at', models.DateTimeField()),
                ('authority', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
            ],
            options={
                'indexes': [models.Index(fields=['authority', '-id'], name='feedback_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('rating', None), models.Q(('rating__gte', 1), ('rating__lte', 5)), _connector='OR'), name='a_rating_is_one_to_five'), models.CheckConstraint(condition=models.Q(('rating', None), ('text', ''), _negated=True), name='feedback_says_something')],
            },
        ),
        append_only("feedback_feedback"),
    ]

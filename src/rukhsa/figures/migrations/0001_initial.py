"""Rows of figures, of a day and of a month: worked out from facts, so that they may change."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('authorities', '0002_roles_of_administration'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sure', models.BigIntegerField()),
                ('seen', models.BigIntegerField()),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DayRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begins', models.DateField()),
                ('service', models.CharField(blank=True, max_length=60)),
                ('figure', models.CharField(max_length=20)),
                ('key', models.CharField(blank=True, max_length=60)),
                ('count', models.BigIntegerField()),
                ('total', models.BigIntegerField()),
                ('authority', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('begins', 'figure', 'authority', 'service', 'key'), name='one_row_a_day', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='MonthRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begins', models.DateField()),
                ('service', models.CharField(blank=True, max_length=60)),
                ('figure', models.CharField(max_length=20)),
                ('key', models.CharField(blank=True, max_length=60)),
                ('count', models.BigIntegerField()),
                ('total', models.BigIntegerField()),
                ('authority', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('begins', 'figure', 'authority', 'service', 'key'), name='one_row_a_month', nulls_distinct=False)],
            },
        ),
    ]

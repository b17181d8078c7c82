"""What something costs an authority, written once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0003_posts_of_directors'),
        ('figures', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CostInput',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(choices=[('wage', 'Wage'), ('server', 'Server'), ('paper', 'Paper'), ('postage', 'Postage'), ('visit', 'Visit')], max_length=10)),
                ('amount', models.BigIntegerField()),
                ('source', models.CharField(max_length=200)),
                ('said_on', models.DateField()),
                ('counts_from', models.DateField()),
                ('at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['authority', 'item', '-id'], name='cost_newest_first')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='cost_not_negative'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='cost_has_a_source')],
            },
        ),
        append_only("figures_costinput"),
    ]

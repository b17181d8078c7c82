"""How many steps officers added to the review of an application: none so far, without a rewrite of the table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0013_fewer_indexes_of_references'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='added_steps',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]

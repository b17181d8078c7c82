"""No index of a reference that no query asks for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('issuance', '0012_smaller_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='intent',
            name='copies',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuance.instrument'),
        ),
        migrations.AlterField(
            model_name='intent',
            name='renews',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuance.instrument'),
        ),
        migrations.AlterField(
            model_name='intent',
            name='supersedes',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuance.instrument'),
        ),
        migrations.AlterField(
            model_name='signing',
            name='authority',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
    ]

"""No index of a reference that another index begins with."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0011_fewer_indexes'),
        ('authorities', '0006_data_protection'),
        ('issuance', '0010_changes_by_day'),
    ]

    operations = [
        migrations.AlterField(
            model_name='decoy',
            name='authority',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
        migrations.AlterField(
            model_name='intent',
            name='application',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applications.application'),
        ),
        migrations.AlterField(
            model_name='intent',
            name='authority',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
        migrations.AlterField(
            model_name='logcheckpoint',
            name='authority',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
        migrations.AlterField(
            model_name='logleaf',
            name='authority',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
        migrations.AlterField(
            model_name='logleaf',
            name='intent',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leaves', to='issuance.intent'),
        ),
        migrations.AlterField(
            model_name='logplace',
            name='authority',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
        migrations.AlterField(
            model_name='logplace',
            name='checkpoint',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuance.logcheckpoint'),
        ),
        # Django adds these beside each unique text, for searches by the beginning; none is made in these two.
        migrations.RunSQL(
            """
            DROP INDEX IF EXISTS issuance_intent_origin_1d2d89bc_like;
            DROP INDEX IF EXISTS issuance_intent_verification_code_8991b88a_like;
            """,
            migrations.RunSQL.noop,
        ),
    ]

"""No index of a reference that no query asks for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0008_smaller_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='attempt',
            name='carried_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried', to='payments.attempt'),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='link',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='payments.paymentlink'),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='started_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        # Django adds one beside each text, for searches by the beginning; none is made in this one.
        migrations.RunSQL("DROP INDEX IF EXISTS payments_attempt_reference_79819b33_like;", migrations.RunSQL.noop),
        # Django adds one beside each text, for searches by the beginning; none is made in this one.
        migrations.RunSQL("DROP INDEX IF EXISTS payments_receipt_number_d104bd07_like;", migrations.RunSQL.noop),
    ]

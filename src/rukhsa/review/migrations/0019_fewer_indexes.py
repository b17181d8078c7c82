"""No index of a reference that another index begins with."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0011_fewer_indexes'),
        ('authorities', '0006_data_protection'),
        ('review', '0018_names_by_sound'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='check',
            name='application',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='applications.application'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='application',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='applications.application'),
        ),
        migrations.AlterField(
            model_name='inspection',
            name='application',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='applications.application'),
        ),
        migrations.AlterField(
            model_name='queueentry',
            name='authority',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authorities.authority'),
        ),
        migrations.AlterField(
            model_name='queueentry',
            name='officer',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='referral',
            name='application',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='applications.application'),
        ),
    ]

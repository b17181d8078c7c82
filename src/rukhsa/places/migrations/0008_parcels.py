"""Parcels by numbered lists, written once; and where the works that are under way belong to."""
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from rukhsa.audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0007_occupations_by_licence'),
    ]

    operations = [
        migrations.AddField(
            model_name='occupation',
            name='address',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='occupation',
            name='block',
            field=models.PositiveIntegerField(db_index=True, null=True),
        ),
        migrations.CreateModel(
            name='ParcelList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('effective_from', models.DateField()),
                ('source', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('digest', 'effective_from'), name='parcels_are_imported_once_for_a_day')],
            },
        ),
        migrations.CreateModel(
            name='ParcelEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20)),
                ('geometry', models.JSONField(null=True)),
                ('measure', models.DecimalField(decimal_places=1, max_digits=14, null=True)),
                ('west', models.FloatField(null=True)),
                ('south', models.FloatField(null=True)),
                ('east', models.FloatField(null=True)),
                ('north', models.FloatField(null=True)),
                ('block', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.block')),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='places.parcellist')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GistIndex(models.Func(models.Func(models.F('west'), models.F('south'), function='point'), models.Func(models.F('east'), models.F('north'), function='point'), function='box', output_field=models.TextField()), name='parcels_by_ground'), models.Index(fields=['block', 'number'], name='parcels_by_block')],
                'constraints': [models.UniqueConstraint(fields=('number', 'list'), name='a_list_names_a_parcel_once'), models.CheckConstraint(condition=models.Q(models.Q(('east__isnull', True), ('geometry__isnull', True), ('measure', None), ('north__isnull', True), ('south__isnull', True), ('west__isnull', True)), models.Q(('east__isnull', False), ('geometry__isnull', False), ('measure__gt', 0), ('north__isnull', False), ('south__isnull', False), ('west__isnull', False)), _connector='OR'), name='a_parcel_has_ground_or_is_no_more')],
            },
        ),
        append_only("places_parcellist", "places_parcelentry"),
    ]

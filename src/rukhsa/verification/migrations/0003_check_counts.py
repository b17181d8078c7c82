"""How many documents were checked in a day, without persons."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('verification', '0002_shares'),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('authority', models.CharField(blank=True, max_length=4)),
                ('what', models.CharField(max_length=10)),
                ('word', models.CharField(max_length=20)),
                ('count', models.PositiveIntegerField(default=1)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'authority', 'what', 'word'), name='one_count_a_verdict')],
            },
        ),
    ]

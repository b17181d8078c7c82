"""A post in finance: those who send money back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='post',
            name='role',
            field=models.CharField(choices=[('officer', 'officer'), ('supervisor', 'supervisor'), ('inspector', 'inspector'), ('agency-officer', 'agency-officer'), ('auditor', 'auditor'), ('finance', 'finance')], max_length=20),
        ),
    ]

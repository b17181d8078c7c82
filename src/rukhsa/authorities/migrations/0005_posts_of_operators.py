"""Posts of operators."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0004_agency_coordinator'),
    ]

    operations = [
        migrations.AlterField(
            model_name='post',
            name='role',
            field=models.CharField(choices=[('officer', 'officer'), ('supervisor', 'supervisor'), ('inspector', 'inspector'), ('agency-officer', 'agency-officer'), ('agency-coordinator', 'agency-coordinator'), ('auditor', 'auditor'), ('finance', 'finance'), ('committee-member', 'committee-member'), ('administrator', 'administrator'), ('security-officer', 'security-officer'), ('director', 'director'), ('operator', 'operator')], max_length=20),
        ),
    ]

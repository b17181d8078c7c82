"""Posts of data protection officers."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0005_posts_of_operators'),
    ]

    operations = [
        migrations.AlterField(
            model_name='post',
            name='role',
            field=models.CharField(choices=[('officer', 'officer'), ('supervisor', 'supervisor'), ('inspector', 'inspector'), ('agency-officer', 'agency-officer'), ('agency-coordinator', 'agency-coordinator'), ('auditor', 'auditor'), ('finance', 'finance'), ('committee-member', 'committee-member'), ('administrator', 'administrator'), ('security-officer', 'security-officer'), ('director', 'director'), ('operator', 'operator'), ('data-protection', 'data-protection')], max_length=20),
        ),
    ]

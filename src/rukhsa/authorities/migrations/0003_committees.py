"""People may sit in committees."""

import rukhsa.accounts.permissions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authorities', '0002_finance'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='post',
            name='committee',
            field=models.SlugField(blank=True, max_length=60),
        ),
        migrations.AlterField(
            model_name='post',
            name='role',
            field=models.CharField(choices=[('officer', 'officer'), ('supervisor', 'supervisor'), ('inspector', 'inspector'), ('agency-officer', 'agency-officer'), ('auditor', 'auditor'), ('finance', 'finance'), ('committee-member', 'committee-member')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', rukhsa.accounts.permissions.Role['COMMITTEE_MEMBER']), models.Q(('committee', ''), _negated=True), ('agency', None)), models.Q(models.Q(('role', rukhsa.accounts.permissions.Role['COMMITTEE_MEMBER']), _negated=True), ('committee', '')), _connector='OR'), name='a_member_sits_in_a_committee'),
        ),
    ]

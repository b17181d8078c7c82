"""When each gateway last answered, and since when it does not."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0004_joint_payments'),
    ]

    operations = [
        migrations.CreateModel(
            name='GatewayContact',
            fields=[
                ('gateway', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('heard_at', models.DateTimeField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('failure', models.CharField(blank=True, max_length=60)),
            ],
        ),
    ]

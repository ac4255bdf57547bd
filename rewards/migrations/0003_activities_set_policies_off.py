from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rewards', '0001_policies_evaluations_grants'),
    ]

    operations = [
        migrations.AlterField(
            model_name='evaluation',
            name='trigger',
            field=models.CharField(choices=[('purchase.completed', 'Purchase completed'), ('purchase.refunded', 'Purchase refunded'), ('referral.joined', 'Referral joined'), ('referral.qualified', 'Referral qualified'), ('activity.recorded', 'Activity recorded')], max_length=30),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rewards', '0002_follow_ups'),
    ]

    operations = [
        migrations.AlterField(
            model_name='evaluation',
            name='trigger',
            field=models.CharField(choices=[('purchase.completed', 'Purchase completed'), ('purchase.refunded', 'Purchase refunded'), ('payment.settled', 'Payment settled'), ('referral.joined', 'Referral joined'), ('referral.qualified', 'Referral qualified'), ('activity.recorded', 'Activity recorded')], max_length=30),
        ),
    ]

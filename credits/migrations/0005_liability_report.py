from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("credits", "0003_accounts_settle_and_repay")]

    operations = [
        migrations.AlterModelOptions(
            name="wallet",
            options={"permissions": [("report_liability", "Can read and export what is owed to customers")]},
        ),
    ]

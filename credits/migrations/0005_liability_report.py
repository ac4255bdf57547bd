from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("credits", "0002_holds_expiry_rules_adjustments")]

    operations = [
        migrations.AlterModelOptions(
            name="wallet",
            options={"permissions": [("report_liability", "Can read and export what is owed to customers")]},
        ),
    ]

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("credits", "0004_tier_reviews_and_assignment_keys")]

    operations = [
        migrations.AlterModelOptions(
            name="wallet",
            options={"permissions": [("report_liability", "Can read and export what is owed to customers")]},
        ),
    ]

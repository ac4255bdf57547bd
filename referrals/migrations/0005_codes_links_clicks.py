import config.lib.constraints
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

# Codes that could never be typed, because letters in them are read as digits, become what is read; people go on
# seeing them as they were.
READ_AS_TYPED = """
    UPDATE referrals_referralcode SET shown_as = code, code = translate(code, 'OIL', '011') WHERE code ~ '[OIL]'
"""
AS_THEY_WERE = "UPDATE referrals_referralcode SET code = shown_as WHERE shown_as <> ''"


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0004_idempotency_records_and_scopes_for_points'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='referralcode',
            name='referral_code_one_live',
        ),
        migrations.RemoveConstraint(
            model_name='referralcode',
            name='referral_code_form',
        ),
        migrations.AddField(
            model_name='referralcode',
            name='ends_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='referralcode',
            name='friend',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The only customer who may join by it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.customer'),
        ),
        migrations.AddField(
            model_name='referralcode',
            name='friend_email_hash',
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name='referralcode',
            name='is_main',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='referralcode',
            name='shown_as',
            field=models.CharField(blank=True, help_text='As it was chosen; empty if it was generated.', max_length=32),
        ),
        migrations.AddField(
            model_name='referralcode',
            name='starts_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='referralcode',
            name='uses',
            field=models.IntegerField(default=0, help_text='How many joined by it; counted only where there is a limit.'),
        ),
        migrations.AddField(
            model_name='referralcode',
            name='uses_max',
            field=models.IntegerField(blank=True, help_text='How many friends may join by it; empty: any number.', null=True),
        ),
        migrations.RunSQL(READ_AS_TYPED, AS_THEY_WERE),
        migrations.AddConstraint(
            model_name='referralcode',
            constraint=config.lib.constraints.SameMerchant(field='friend', name='referral_code_friend_same_merchant'),
        ),
        migrations.AddConstraint(
            model_name='referralcode',
            constraint=models.UniqueConstraint(condition=models.Q(('is_main', True), ('retired_at__isnull', True)), fields=('customer',), name='referral_code_one_live'),
        ),
        migrations.AddConstraint(
            model_name='referralcode',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^[0-9A-HJKMNP-Z]{4,32}$')), name='referral_code_form'),
        ),
        migrations.AddConstraint(
            model_name='referralcode',
            constraint=models.CheckConstraint(condition=models.Q(('shown_as', ''), ('code', models.Func(django.db.models.functions.text.Upper('shown_as'), models.Value('OIL'), models.Value('011'), function='translate')), _connector='OR'), name='referral_code_is_read_as_shown'),
        ),
        migrations.AddConstraint(
            model_name='referralcode',
            constraint=models.CheckConstraint(condition=models.Q(('is_main', False), models.Q(('ends_at__isnull', True), ('friend__isnull', True), ('friend_email_hash__isnull', True), ('starts_at__isnull', True), ('uses_max__isnull', True)), _connector='OR'), name='referral_code_main_is_for_all'),
        ),
        migrations.AddConstraint(
            model_name='referralcode',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='referral_code_ends_after_its_start'),
        ),
        migrations.AddConstraint(
            model_name='referralcode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('uses', 0), ('uses_max__isnull', True)), models.Q(('uses__gte', 0), ('uses__lte', models.F('uses_max')), ('uses_max__gt', 0), ('uses_max__isnull', False)), _connector='OR'), name='referral_code_uses_within_limit'),
        ),
        migrations.AddConstraint(
            model_name='referralcode',
            constraint=models.CheckConstraint(condition=models.Q(('friend__isnull', True), ('friend_email_hash__isnull', True), _connector='OR'), name='referral_code_one_friend'),
        ),
        migrations.AddConstraint(
            model_name='referralcode',
            constraint=models.CheckConstraint(condition=models.Q(('friend__isnull', True), models.Q(('friend', models.F('customer')), _negated=True), _connector='OR'), name='referral_code_friend_is_another'),
        ),
    ]

import config.lib.constraints
import config.lib.ids
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
        migrations.CreateModel(
            name='Click',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visitor_hash', models.BinaryField(help_text='Of the address and the browser together.', max_length=32)),
                ('address_hash', models.BinaryField(max_length=32)),
                ('device', models.CharField(choices=[('phone', 'Phone'), ('tablet', 'Tablet'), ('computer', 'Computer')], max_length=10)),
                ('clicked_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Destination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('slug', models.SlugField(help_text='As it stands in links.')),
                ('kind', models.CharField(choices=[('site', "The merchant's site"), ('meal_plan', 'A public meal plan'), ('expert', 'An expert'), ('product', 'A product')], max_length=10)),
                ('title', models.CharField(max_length=100)),
                ('description', models.CharField(blank=True, max_length=300)),
                ('picture_url', models.URLField(blank=True, help_text='Begins with https://; shown in previews.', max_length=500)),
                ('url', models.URLField(help_text='Begins with https://; where a friend goes on to.', max_length=500)),
                ('is_open', models.BooleanField(default=True, help_text='Whether links still lead there.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='ShareLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('channel', models.CharField(choices=[('direct', 'Not told'), ('copy', 'Copied'), ('sheet', 'Share sheet of the device'), ('sms', 'SMS'), ('email', 'E-mail'), ('whatsapp', 'WhatsApp'), ('telegram', 'Telegram'), ('facebook', 'Facebook'), ('x', 'X'), ('linkedin', 'LinkedIn'), ('qr', 'QR code'), ('other', 'Another')], max_length=10)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='referralcode',
            name='referral_code_one_live',
        ),
        migrations.RemoveConstraint(
            model_name='referralcode',
            name='referral_code_form',
        ),
        migrations.AddField(
            model_name='customer',
            name='shows_first_name',
            field=models.BooleanField(default=False, help_text='Whether invitations say who invites, by the first word of the name.'),
        ),
        migrations.AddField(
            model_name='merchant',
            name='offer_to_friends',
            field=models.CharField(blank=True, help_text='What invitations promise, such as: 100 points with your first order.', max_length=200),
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
        migrations.AddField(
            model_name='click',
            name='merchant',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant'),
        ),
        migrations.AddField(
            model_name='destination',
            name='merchant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant'),
        ),
        migrations.AddField(
            model_name='sharelink',
            name='code',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='referrals.referralcode'),
        ),
        migrations.AddField(
            model_name='sharelink',
            name='destination',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='referrals.destination'),
        ),
        migrations.AddField(
            model_name='sharelink',
            name='merchant',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant'),
        ),
        migrations.AddField(
            model_name='click',
            name='link',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='clicks', to='referrals.sharelink'),
        ),
        migrations.AddField(
            model_name='referral',
            name='share_link',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='referrals.sharelink'),
        ),
        migrations.AddConstraint(
            model_name='destination',
            constraint=models.UniqueConstraint(fields=('merchant', 'slug'), name='destination_slug_once'),
        ),
        migrations.AddConstraint(
            model_name='destination',
            constraint=models.UniqueConstraint(fields=('id', 'merchant'), name='destination_id_merchant'),
        ),
        migrations.AddConstraint(
            model_name='destination',
            constraint=models.CheckConstraint(condition=models.Q(('url__regex', '^https://[^/?#[:space:]@]+([/?#][^[:space:]]*)?$')), name='destination_url_is_https', violation_error_message='The URL must begin with https:// and name no user.'),
        ),
        migrations.AddConstraint(
            model_name='destination',
            constraint=models.CheckConstraint(condition=models.Q(('picture_url', ''), ('picture_url__regex', '^https://[^[:space:]]+$'), _connector='OR'), name='destination_picture_is_https', violation_error_message='The picture must begin with https://.'),
        ),
        migrations.AddConstraint(
            model_name='sharelink',
            constraint=models.UniqueConstraint(fields=('id', 'merchant'), name='share_link_id_merchant'),
        ),
        migrations.AddConstraint(
            model_name='sharelink',
            constraint=models.UniqueConstraint(condition=models.Q(('destination__isnull', False)), fields=('code', 'destination', 'channel'), name='share_link_once'),
        ),
        migrations.AddConstraint(
            model_name='sharelink',
            constraint=models.UniqueConstraint(condition=models.Q(('destination__isnull', True)), fields=('code', 'channel'), name='share_link_home_once'),
        ),
        migrations.AddConstraint(
            model_name='sharelink',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['direct', 'copy', 'sheet', 'sms', 'email', 'whatsapp', 'telegram', 'facebook', 'x', 'linkedin', 'qr', 'other'])), name='share_link_channel_is_known'),
        ),
        migrations.AddIndex(
            model_name='click',
            index=models.Index(fields=['link', 'visitor_hash', 'clicked_at'], name='click_by_link'),
        ),
        migrations.AddIndex(
            model_name='click',
            index=models.Index(fields=['clicked_at'], name='click_by_age'),
        ),
        migrations.AddConstraint(
            model_name='click',
            constraint=models.CheckConstraint(condition=models.Q(('device__in', ['phone', 'tablet', 'computer'])), name='click_device_is_known'),
        ),
        migrations.AddConstraint(
            model_name='referralcode',
            constraint=config.lib.constraints.SameMerchant(field='friend', name='referral_code_friend_same_merchant'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=config.lib.constraints.SameMerchant(field='share_link', name='referral_share_link_same_merchant'),
        ),
        migrations.AddConstraint(
            model_name='sharelink',
            constraint=config.lib.constraints.SameMerchant(field='code', name='share_link_code_same_merchant'),
        ),
        migrations.AddConstraint(
            model_name='sharelink',
            constraint=config.lib.constraints.SameMerchant(field='destination', name='share_link_destination_same_merchant'),
        ),
        migrations.AddConstraint(
            model_name='click',
            constraint=config.lib.constraints.SameMerchant(field='link', name='click_same_merchant'),
        ),
    ]

import config.lib.ids
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0005_codes_links_clicks'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=config.lib.ids.uuid7, editable=False, unique=True)),
                ('action', models.CharField(choices=[('erased', 'Erased'), ('exported', 'Exported')], max_length=20)),
                ('subjects', models.JSONField(help_text='Internal ids of customers.')),
                ('actor', models.CharField(max_length=40)),
                ('reason', models.CharField(max_length=40)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='customer',
            name='erased_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('erased_at__isnull', True), models.Q(('birthday__isnull', True), ('birthday_changed_at__isnull', True), ('email', ''), ('email_hash__isnull', True), ('email_verified_at__isnull', True), ('external_id__isnull', True), ('name', ''), ('phone', ''), ('phone_hash__isnull', True), ('user__isnull', True)), _connector='OR'), name='customer_erased_has_no_name'),
        ),
        migrations.AddField(
            model_name='auditrecord',
            name='merchant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.merchant'),
        ),
        migrations.AddConstraint(
            model_name='auditrecord',
            constraint=models.CheckConstraint(condition=models.Q(('reason__regex', '^[a-z][a-z0-9_]*$')), name='audit_reason_is_a_word'),
        ),
        migrations.AddConstraint(
            model_name='auditrecord',
            constraint=models.CheckConstraint(condition=models.Q(('actor__regex', '^[a-z]+(:[a-zA-Z0-9_]+)?$')), name='audit_actor_is_a_word'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditrecord',
            trigger=pgtrigger.compiler.Trigger(name='audit_record_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='abb0adecf470aaae03d894bc2181343324b259d0', operation='UPDATE OR DELETE', pgid='pgtrigger_audit_record_never_changes_8eab1', table='referrals_auditrecord', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditrecord',
            trigger=pgtrigger.compiler.Trigger(name='audit_record_never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF current_user <> 'grapevine_tests' THEN\n                RAISE EXCEPTION 'referrals_auditrecord is immutable';\n            END IF;\n            RETURN NULL;\n        ", hash='1d1a2eadbad1c824ba987d470be9a492f51f7de4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_audit_record_never_truncated_b1de4', table='referrals_auditrecord', when='BEFORE')),
        ),
    ]

import compliance.ledger.models.tracked
import django.db.models.deletion
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('files', '0001_initial'),
        ('projects', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='EvidencePack',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('type', models.CharField(choices=[('project_app', 'Project file'), ('isms_27001', 'ISMS, ISO/IEC 27001'), ('pims_27701', 'PIMS, ISO/IEC 27701'), ('gdpr_accountability', 'GDPR accountability'), ('soa_only', 'Statement of applicability'), ('ropa_only', 'Records of processing')], max_length=40)),
                ('as_at', models.DateTimeField(help_text='The moment the pack describes.', verbose_name='as at')),
                ('period_start_date', models.DateField(verbose_name='period from')),
                ('period_end_date', models.DateField(help_text='The change history of these days is printed.', verbose_name='period to')),
                ('profile', models.CharField(choices=[('internal', 'Internal'), ('auditor', "Confidential: auditor's copy"), ('authority', 'Confidential: for the authority')], default='internal', max_length=20)),
                ('state', models.CharField(choices=[('requested', 'Requested'), ('built', 'Built')], default='requested', max_length=10)),
                ('requested_at', models.DateTimeField()),
                ('content_sha256', models.CharField(blank=True, max_length=64, verbose_name='content hash')),
                ('pages', models.PositiveIntegerField(default=0)),
                ('history_size', models.PositiveBigIntegerField(default=0, verbose_name='history entries')),
                ('history_root', models.CharField(blank=True, max_length=64, verbose_name='ledger head')),
                ('blocking', models.PositiveIntegerField(default=0, verbose_name='findings that hold it back')),
                ('warnings', models.PositiveIntegerField(default=0)),
                ('archive', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.blob')),
                ('pdf', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.blob')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-requested_at', '-reference'],
                'constraints': [models.CheckConstraint(condition=models.Q(('period_end_date__gte', models.F('period_start_date'))), name='packs_period_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalEvidencePack',
            fields=[
                ('entry_stream', models.CharField(db_index=True, max_length=64)),
                ('entry_role', models.CharField(blank=True, max_length=40)),
                ('entry_origin', models.CharField(max_length=10)),
                ('entry_change_set', models.UUIDField()),
                ('entry_key', models.BinaryField(default=compliance.ledger.models.tracked.new_row_key, max_length=32)),
                ('id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('history_user_id', models.CharField(max_length=64, null=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('type', models.CharField(choices=[('project_app', 'Project file'), ('isms_27001', 'ISMS, ISO/IEC 27001'), ('pims_27701', 'PIMS, ISO/IEC 27701'), ('gdpr_accountability', 'GDPR accountability'), ('soa_only', 'Statement of applicability'), ('ropa_only', 'Records of processing')], max_length=40)),
                ('as_at', models.DateTimeField(help_text='The moment the pack describes.', verbose_name='as at')),
                ('period_start_date', models.DateField(verbose_name='period from')),
                ('period_end_date', models.DateField(help_text='The change history of these days is printed.', verbose_name='period to')),
                ('profile', models.CharField(choices=[('internal', 'Internal'), ('auditor', "Confidential: auditor's copy"), ('authority', 'Confidential: for the authority')], default='internal', max_length=20)),
                ('state', models.CharField(choices=[('requested', 'Requested'), ('built', 'Built')], default='requested', max_length=10)),
                ('requested_at', models.DateTimeField()),
                ('content_sha256', models.CharField(blank=True, max_length=64, verbose_name='content hash')),
                ('pages', models.PositiveIntegerField(default=0)),
                ('history_size', models.PositiveBigIntegerField(default=0, verbose_name='history entries')),
                ('history_root', models.CharField(blank=True, max_length=64, verbose_name='ledger head')),
                ('blocking', models.PositiveIntegerField(default=0, verbose_name='findings that hold it back')),
                ('warnings', models.PositiveIntegerField(default=0)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('archive', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='files.blob')),
                ('pdf', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='files.blob')),
                ('project', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project')),
                ('requested_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical evidence pack',
                'verbose_name_plural': 'historical evidence packs',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'indexes': [models.Index(fields=['history_date', 'id'], name='packs_histo_history_6913a0_idx')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]

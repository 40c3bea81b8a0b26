import compliance.ledger.models.tracked
import compliance.migrating
import django.db.models.deletion
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('projects', '0001_initial'),
    ]

    operations = [
        compliance.migrating.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Approval',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('subject_model', models.CharField(max_length=80)),
                        ('subject_id', models.UUIDField()),
                        ('subject_reference', models.CharField(blank=True, max_length=80)),
                        ('purpose', models.CharField(max_length=40)),
                        ('snapshot', models.TextField()),
                        ('snapshot_sha256', models.CharField(max_length=64)),
                        ('state', models.CharField(choices=[('requested', 'Requested'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('revoked', 'Revoked')], default='requested', max_length=10)),
                        ('requested_at', models.DateTimeField()),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('reason', models.TextField(blank=True)),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.organisation')),
                        ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                        ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-requested_at'],
                        'indexes': [models.Index(fields=['subject_model', 'subject_id', 'purpose'], name='approvals_subject')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalApproval',
                    fields=[
                        ('entry_stream', models.CharField(db_index=True, max_length=64)),
                        ('entry_role', models.CharField(blank=True, max_length=40)),
                        ('entry_origin', models.CharField(max_length=10)),
                        ('entry_change_set', models.UUIDField()),
                        ('entry_key', models.BinaryField(default=compliance.ledger.models.tracked.new_row_key, max_length=32)),
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('history_user_id', models.CharField(max_length=64, null=True)),
                        ('history_change_reason', models.TextField(null=True)),
                        ('subject_model', models.CharField(max_length=80)),
                        ('subject_id', models.UUIDField()),
                        ('subject_reference', models.CharField(blank=True, max_length=80)),
                        ('purpose', models.CharField(max_length=40)),
                        ('snapshot', models.TextField()),
                        ('snapshot_sha256', models.CharField(max_length=64)),
                        ('state', models.CharField(choices=[('requested', 'Requested'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('revoked', 'Revoked')], default='requested', max_length=10)),
                        ('requested_at', models.DateTimeField()),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('reason', models.TextField(blank=True)),
                        ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField()),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.organisation')),
                        ('project', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project')),
                        ('requested_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historical approval',
                        'verbose_name_plural': 'historical approvals',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                        'indexes': [models.Index(fields=['id', 'history_id', 'history_date'], name='approvals_h_id_323906_idx')],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
    ]

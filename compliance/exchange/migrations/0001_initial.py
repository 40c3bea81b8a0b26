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
        ('files', '0001_initial'),
        ('projects', '0001_initial'),
    ]

    operations = [
        compliance.migrating.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Import',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('sheet', models.CharField(max_length=40)),
                        ('file_name', models.CharField(max_length=150)),
                        ('state', models.CharField(choices=[('waiting', 'Being read'), ('read', 'To be confirmed'), ('refused', 'Cannot be read'), ('applying', 'Being brought in'), ('applied', 'Brought in'), ('discarded', 'Discarded')], default='waiting', max_length=10)),
                        ('uploaded_at', models.DateTimeField()),
                        ('added', models.PositiveIntegerField(default=0, verbose_name='rows added')),
                        ('changed', models.PositiveIntegerField(default=0, verbose_name='rows changed')),
                        ('unchanged', models.PositiveIntegerField(default=0, verbose_name='rows unchanged')),
                        ('broken', models.PositiveIntegerField(default=0, verbose_name='rows with errors')),
                        ('retired', models.PositiveIntegerField(default=0, verbose_name='rows retired')),
                        ('asked', models.JSONField(default=dict, verbose_name='what was asked with the file')),
                        ('note', models.TextField(blank=True, verbose_name='what is to be known about the file')),
                        ('plan_sha256', models.CharField(blank=True, max_length=64, verbose_name='hash of what was shown')),
                        ('reason', models.TextField(blank=True)),
                        ('applied_at', models.DateTimeField(blank=True, null=True)),
                        ('applied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.blob')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.organisation')),
                        ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                        ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-uploaded_at'],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalImport',
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
                        ('sheet', models.CharField(max_length=40)),
                        ('file_name', models.CharField(max_length=150)),
                        ('state', models.CharField(choices=[('waiting', 'Being read'), ('read', 'To be confirmed'), ('refused', 'Cannot be read'), ('applying', 'Being brought in'), ('applied', 'Brought in'), ('discarded', 'Discarded')], default='waiting', max_length=10)),
                        ('uploaded_at', models.DateTimeField()),
                        ('added', models.PositiveIntegerField(default=0, verbose_name='rows added')),
                        ('changed', models.PositiveIntegerField(default=0, verbose_name='rows changed')),
                        ('unchanged', models.PositiveIntegerField(default=0, verbose_name='rows unchanged')),
                        ('broken', models.PositiveIntegerField(default=0, verbose_name='rows with errors')),
                        ('retired', models.PositiveIntegerField(default=0, verbose_name='rows retired')),
                        ('asked', models.JSONField(default=dict, verbose_name='what was asked with the file')),
                        ('note', models.TextField(blank=True, verbose_name='what is to be known about the file')),
                        ('plan_sha256', models.CharField(blank=True, max_length=64, verbose_name='hash of what was shown')),
                        ('reason', models.TextField(blank=True)),
                        ('applied_at', models.DateTimeField(blank=True, null=True)),
                        ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField()),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('applied_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('blob', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='files.blob')),
                        ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.organisation')),
                        ('project', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project')),
                        ('uploaded_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historical import',
                        'verbose_name_plural': 'historical imports',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                        'indexes': [models.Index(fields=['id', 'history_id', 'history_date'], name='exchange_hi_id_1278ce_idx')],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='PreviewLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField(verbose_name='row in the file')),
                        ('verdict', models.CharField(choices=[('error', 'Errors'), ('added', 'Added'), ('changed', 'Changed'), ('retired', 'Retired'), ('noted', 'With a remark')], max_length=8)),
                        ('label', models.CharField(blank=True, max_length=200)),
                        ('url', models.CharField(blank=True, max_length=400)),
                        ('changes', models.JSONField(default=list)),
                        ('problems', models.JSONField(default=list)),
                        ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='exchange.import')),
                    ],
                    options={
                        'ordering': ['number'],
                        'constraints': [models.UniqueConstraint(fields=('of', 'number'), name='exchange_line_once')],
                    },
                ),
            ],
        ),
    ]

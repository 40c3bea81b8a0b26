import compliance.artefacts.models.artefact
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
                    name='UploadToken',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('label', models.CharField(max_length=80, verbose_name='where it is used')),
                        ('sha256', models.CharField(editable=False, max_length=64, unique=True)),
                        ('expires_at', models.DateTimeField(editable=False, verbose_name='works until')),
                        ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked')),
                        ('used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                        ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                    ],
                    options={
                        'ordering': ['reference'],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalUploadToken',
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
                        ('label', models.CharField(max_length=80, verbose_name='where it is used')),
                        ('sha256', models.CharField(db_index=True, editable=False, max_length=64)),
                        ('expires_at', models.DateTimeField(editable=False, verbose_name='works until')),
                        ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked')),
                        ('used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                        ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField()),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('project', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project')),
                    ],
                    options={
                        'verbose_name': 'historical upload token',
                        'verbose_name_plural': 'historical upload tokens',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                        'indexes': [models.Index(fields=['id', 'history_id', 'history_date'], name='artefacts_h_id_cb426a_idx')],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='HistoricalArtefact',
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
                        ('platform', models.CharField(blank=True, choices=[('android', 'Android'), ('ios', 'iOS')], max_length=8)),
                        ('kind', models.CharField(blank=True, choices=compliance.artefacts.models.artefact.kinds, max_length=32, verbose_name='what it is')),
                        ('part', models.CharField(blank=True, max_length=120, verbose_name='SDK or extension')),
                        ('file_name', models.CharField(max_length=255, verbose_name='file')),
                        ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                        ('source', models.CharField(choices=[('ui', 'Page'), ('ci_api', 'Build server')], max_length=6, verbose_name='came by')),
                        ('tool', models.CharField(blank=True, max_length=160, verbose_name='made by')),
                        ('tool_version', models.CharField(blank=True, max_length=40)),
                        ('build_hash', models.CharField(blank=True, max_length=64, verbose_name='hash of the build')),
                        ('commit', models.CharField(blank=True, max_length=64)),
                        ('generated_at', models.DateTimeField(blank=True, null=True, verbose_name='made at')),
                        ('uploaded_at', models.DateTimeField()),
                        ('state', models.CharField(choices=[('reading', 'Being read'), ('read', 'Read'), ('refused', 'Not readable'), ('superseded', 'Superseded'), ('removed', 'Removed')], default='reading', max_length=10)),
                        ('message', models.TextField(blank=True, verbose_name='what is said about it')),
                        ('subject', models.CharField(blank=True, max_length=200, verbose_name='app, as the file names it')),
                        ('subject_version', models.CharField(blank=True, max_length=80, verbose_name='version, as the file names it')),
                        ('counts', models.JSONField(blank=True, default=dict, verbose_name='facts by kind')),
                        ('remarks', models.JSONField(blank=True, default=list)),
                        ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField()),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('blob', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='files.blob')),
                        ('facts', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='files.blob')),
                        ('project', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project')),
                        ('release', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.release')),
                        ('uploaded_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('token', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='artefacts.uploadtoken')),
                    ],
                    options={
                        'verbose_name': 'historical artefact',
                        'verbose_name_plural': 'historical artefacts',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                        'indexes': [models.Index(fields=['id', 'history_id', 'history_date'], name='artefacts_h_id_c22225_idx')],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Artefact',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('platform', models.CharField(blank=True, choices=[('android', 'Android'), ('ios', 'iOS')], max_length=8)),
                        ('kind', models.CharField(blank=True, choices=compliance.artefacts.models.artefact.kinds, max_length=32, verbose_name='what it is')),
                        ('part', models.CharField(blank=True, max_length=120, verbose_name='SDK or extension')),
                        ('file_name', models.CharField(max_length=255, verbose_name='file')),
                        ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                        ('source', models.CharField(choices=[('ui', 'Page'), ('ci_api', 'Build server')], max_length=6, verbose_name='came by')),
                        ('tool', models.CharField(blank=True, max_length=160, verbose_name='made by')),
                        ('tool_version', models.CharField(blank=True, max_length=40)),
                        ('build_hash', models.CharField(blank=True, max_length=64, verbose_name='hash of the build')),
                        ('commit', models.CharField(blank=True, max_length=64)),
                        ('generated_at', models.DateTimeField(blank=True, null=True, verbose_name='made at')),
                        ('uploaded_at', models.DateTimeField()),
                        ('state', models.CharField(choices=[('reading', 'Being read'), ('read', 'Read'), ('refused', 'Not readable'), ('superseded', 'Superseded'), ('removed', 'Removed')], default='reading', max_length=10)),
                        ('message', models.TextField(blank=True, verbose_name='what is said about it')),
                        ('subject', models.CharField(blank=True, max_length=200, verbose_name='app, as the file names it')),
                        ('subject_version', models.CharField(blank=True, max_length=80, verbose_name='version, as the file names it')),
                        ('counts', models.JSONField(blank=True, default=dict, verbose_name='facts by kind')),
                        ('remarks', models.JSONField(blank=True, default=list)),
                        ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.blob')),
                        ('facts', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.blob')),
                        ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
                        ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='artefacts', to='projects.release')),
                        ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('token', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='artefacts.uploadtoken')),
                    ],
                    options={
                        'ordering': ['-uploaded_at', '-reference'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('uploaded_by__isnull', False), ('token__isnull', False), _connector='OR'), name='artefacts_artefact_has_a_sender')],
                    },
                ),
            ],
        ),
    ]

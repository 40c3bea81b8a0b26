import compliance.ledger.models.tracked
import compliance.migrating
import django.db.models.deletion
import simple_history.models
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        compliance.migrating.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Checkpoint',
                    fields=[
                        ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('note', models.TextField()),
                        ('vkey', models.CharField(max_length=200)),
                        ('frontier', models.JSONField(help_text="The instance log's frontier at this size.")),
                        ('signed_at', models.DateTimeField(auto_now_add=True)),
                        ('floor', models.BigIntegerField(default=0, help_text='Every entry up to this one is sealed; none can still appear.')),
                        ('next_entry', models.BigIntegerField(default=0, help_text='The newest entry id given out by then.')),
                        ('next_xid', models.BigIntegerField(default=0, help_text='Younger than every transaction that was given one of them.')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['next_entry'], name='ledger_checkpoint_next')],
                    },
                ),
                migrations.CreateModel(
                    name='Counter',
                    fields=[
                        ('key', models.CharField(max_length=96, primary_key=True, serialize=False)),
                        ('last', models.PositiveBigIntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Entry',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('stream', models.CharField(max_length=64)),
                        ('model', models.CharField(max_length=80)),
                        ('object_id', models.UUIDField()),
                        ('history_id', models.BigIntegerField()),
                        ('reference', models.CharField(blank=True, max_length=32)),
                        ('type', models.CharField(choices=[('+', 'added'), ('~', 'changed'), ('-', 'removed')], max_length=1)),
                        ('at', models.DateTimeField()),
                        ('actor', models.CharField(max_length=64)),
                        ('role', models.CharField(blank=True, max_length=40)),
                        ('origin', models.CharField(max_length=10)),
                        ('change_set', models.UUIDField()),
                    ],
                    options={
                        'ordering': ['-id'],
                        'indexes': [models.Index(fields=['stream', '-id'], name='ledger_entry_stream'), models.Index(fields=['stream', 'at'], name='ledger_entry_at'), models.Index(fields=['model', 'object_id', '-id'], name='ledger_entry_object'), models.Index(fields=['change_set'], name='ledger_entry_change_set')],
                        'constraints': [models.UniqueConstraint(fields=('model', 'history_id'), name='ledger_entry_once')],
                    },
                ),
                migrations.CreateModel(
                    name='FieldList',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('model', models.CharField(max_length=80)),
                        ('names', models.JSONField()),
                        ('digest', models.CharField(max_length=64, unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='HistoricalRedaction',
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
                        ('stream_key', models.CharField(max_length=64)),
                        ('model', models.CharField(max_length=80, verbose_name='kind of record')),
                        ('object_id', models.UUIDField(verbose_name='record id')),
                        ('subject', models.CharField(blank=True, max_length=32, verbose_name='record')),
                        ('field', models.CharField(max_length=80)),
                        ('ground', models.CharField(choices=[('art17_1_a', 'Art. 17(1)(a): no longer needed for its purpose'), ('art17_1_b', 'Art. 17(1)(b): consent withdrawn'), ('art17_1_c', 'Art. 17(1)(c): objection upheld'), ('art17_1_d', 'Art. 17(1)(d): processed unlawfully'), ('art17_1_e', 'Art. 17(1)(e): a law or authority requires it'), ('art17_1_f', 'Art. 17(1)(f): collected from a child'), ('art16', 'Art. 16: it was wrong and has been put right'), ('secret', 'Not personal: a password, key or other secret was entered')], max_length=12)),
                        ('reason', models.TextField()),
                        ('history_ids', models.JSONField(default=list, verbose_name='history rows')),
                        ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField()),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ],
                    options={
                        'verbose_name': 'historical redaction',
                        'verbose_name_plural': 'historical redactions',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                        'indexes': [models.Index(fields=['id', 'history_id', 'history_date'], name='ledger_hist_id_bbe23c_idx')],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='LogLeaf',
                    fields=[
                        ('index', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('kind', models.CharField(choices=[('head', 'stream head'), ('key', 'signing key')], max_length=8)),
                        ('stream', models.CharField(blank=True, max_length=64)),
                        ('size', models.BigIntegerField(default=0)),
                        ('body', models.TextField()),
                        ('hash', models.CharField(max_length=64)),
                        ('frontier', models.JSONField(default=dict, help_text="The stream's frontier after this head: saves reading it again.")),
                    ],
                    options={
                        'indexes': [models.Index(fields=['stream', '-index'], name='ledger_log_stream')],
                    },
                ),
                migrations.CreateModel(
                    name='Redaction',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('reference', models.CharField(blank=True, db_index=True, editable=False, max_length=32)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('stream_key', models.CharField(max_length=64)),
                        ('model', models.CharField(max_length=80, verbose_name='kind of record')),
                        ('object_id', models.UUIDField(verbose_name='record id')),
                        ('subject', models.CharField(blank=True, max_length=32, verbose_name='record')),
                        ('field', models.CharField(max_length=80)),
                        ('ground', models.CharField(choices=[('art17_1_a', 'Art. 17(1)(a): no longer needed for its purpose'), ('art17_1_b', 'Art. 17(1)(b): consent withdrawn'), ('art17_1_c', 'Art. 17(1)(c): objection upheld'), ('art17_1_d', 'Art. 17(1)(d): processed unlawfully'), ('art17_1_e', 'Art. 17(1)(e): a law or authority requires it'), ('art17_1_f', 'Art. 17(1)(f): collected from a child'), ('art16', 'Art. 16: it was wrong and has been put right'), ('secret', 'Not personal: a password, key or other secret was entered')], max_length=12)),
                        ('reason', models.TextField()),
                        ('history_ids', models.JSONField(default=list, verbose_name='history rows')),
                    ],
                    options={
                        'ordering': ['-reference'],
                        'indexes': [models.Index(fields=['model', 'object_id'], name='ledger_redaction_record')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('reason__length__gte', 10)), name='ledger_redaction_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Stream',
                    fields=[
                        ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ('parent', models.CharField(blank=True, max_length=64)),
                        ('simulated', models.BooleanField(default=False)),
                        ('opened_at', models.DateTimeField(auto_now_add=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Timestamp',
                    fields=[
                        ('checkpoint', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='timestamp', serialize=False, to='ledger.checkpoint')),
                        ('token', models.BinaryField(help_text='The TimeStampToken in DER, over the SHA-256 of the note.')),
                        ('at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Leaf',
                    fields=[
                        ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='leaf', serialize=False, to='ledger.entry')),
                        ('stream', models.CharField(max_length=64)),
                        ('seq', models.BigIntegerField()),
                        ('hash', models.CharField(max_length=64)),
                        ('sealed_at', models.DateTimeField(auto_now_add=True)),
                        ('fields', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.fieldlist')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('stream', 'seq'), name='ledger_leaf_place')],
                    },
                ),
            ],
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
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
            ],
        ),
        migrations.AddField(
            model_name='leaf',
            name='fields',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.fieldlist'),
        ),
        migrations.AddConstraint(
            model_name='leaf',
            constraint=models.UniqueConstraint(fields=('stream', 'seq'), name='ledger_leaf_place'),
        ),
    ]

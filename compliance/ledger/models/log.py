"""What seals the history: RFC 6962 leaves per stream, one log of their heads, signed checkpoints. All append-only."""

from django.db import models


class FieldList(models.Model):
    """The fields a leaf commits to, so that a later schema still verifies an older leaf."""

    model = models.CharField(max_length=80)
    names = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"{self.model}: {', '.join(self.names)}"


class Leaf(models.Model):
    """One sealed entry: its place in its stream's tree and its hash."""

    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, primary_key=True, related_name="leaf")
    stream = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    fields = models.ForeignKey(FieldList, on_delete=models.PROTECT, related_name="+")
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="ledger_leaf_place")]

    def __str__(self) -> str:
        return f"{self.stream} #{self.seq}"


class LogLeaf(models.Model):
    """A leaf of the instance log: the head of one stream after a seal, or a change of the signing key."""

    index = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=8, choices=[("head", "stream head"), ("key", "signing key")])
    stream = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    body = models.TextField()
    hash = models.CharField(max_length=64)
    frontier = models.JSONField(
        default=dict, help_text="The stream's frontier after this head: saves reading it again."
    )

    class Meta:
        indexes = [models.Index(fields=["stream", "-index"], name="ledger_log_stream")]

    def __str__(self) -> str:
        return f"log #{self.index}: {self.kind} {self.stream}"


class Checkpoint(models.Model):
    """A signed note over the instance log (C2SP tlog-checkpoint), and where the next seal has to look (see sealing)."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    vkey = models.CharField(max_length=200)
    frontier = models.JSONField(help_text="The instance log's frontier at this size.")
    signed_at = models.DateTimeField(auto_now_add=True)
    floor = models.BigIntegerField(default=0, help_text="Every entry up to this one is sealed; none can still appear.")
    next_entry = models.BigIntegerField(default=0, help_text="The newest entry id given out by then.")
    next_xid = models.BigIntegerField(default=0, help_text="Younger than every transaction that was given one of them.")

    class Meta:
        indexes = [models.Index(fields=["next_entry"], name="ledger_checkpoint_next")]

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class Timestamp(models.Model):
    """What a time-stamping authority (RFC 3161) says of a checkpoint: it existed at this moment."""

    checkpoint = models.OneToOneField(Checkpoint, on_delete=models.PROTECT, primary_key=True, related_name="timestamp")
    token = models.BinaryField(help_text="The TimeStampToken in DER, over the SHA-256 of the note.")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"checkpoint {self.checkpoint_id} existed at {self.at:%Y-%m-%d %H:%M:%S} UTC"

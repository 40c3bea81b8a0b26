"""Streams, and the counters human references come from."""

from django.db import connection, models

INSTANCE = "instance"


class Stream(models.Model):
    """One scope's history: an organisation, a project, or the installation itself. Append-only."""

    key = models.CharField(max_length=64, primary_key=True)
    parent = models.CharField(max_length=64, blank=True)
    simulated = models.BooleanField(default=False)
    opened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key


def open_stream(key: str, *, parent: str = "", simulated: bool = False) -> Stream:
    """Open the stream of a new scope. Whether its time is simulated is decided here, once, and for ever."""
    return Stream.objects.create(key=key, parent=parent, simulated=simulated)


class Counter(models.Model):
    """The last number given out per scope and prefix; numbers are never given twice."""

    key = models.CharField(max_length=96, primary_key=True)
    last = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"

    @classmethod
    def take(cls, scope: str, prefix: str, count: int = 1) -> int:
        """Take `count` numbers and return the first; holds the counter until the transaction ends."""
        table = connection.ops.quote_name(cls._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (key, last) VALUES (%s, %s) "  # noqa: S608  the table is a constant
                f"ON CONFLICT (key) DO UPDATE SET last = {table}.last + excluded.last RETURNING last",
                [f"{scope}/{prefix}", count],
            )
            return int(cursor.fetchone()[0]) - count + 1

from django.db import models


class OutboxReader(models.Model):
    """How far a consumer has read the outbox: everything up to `position`, in the order of the events' ids.

    An id is taken before its row can be seen, so a row may appear below others that were seen before it. Therefore
    nobody reads past a **mark**: an id that was the highest when transaction `mark_transaction` ran. Whoever took a
    lower id had begun to write before that, so once no older transaction is open nothing below the mark is missing.
    """

    name = models.CharField(max_length=20, unique=True)
    position = models.BigIntegerField(default=0)
    mark = models.BigIntegerField(default=0)
    mark_transaction = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(position__lte=models.F("mark")), name="outbox_read_to_the_mark")
        ]

    def __str__(self) -> str:
        return self.name

from django.db import models

from credits.models.entries import Entry


class Remark(models.Model):
    """What another system said of an entry in its own words, for whoever reads the statement.

    The words stand here and not in the entry, which could never be changed.
    """

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="remark")
    text = models.CharField(max_length=500)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="remark_says_something")]

    def __str__(self) -> str:
        return self.text

from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower

from config.lib.ids import uuid7
from referrals.models.merchants import Merchant


class UserManager(BaseUserManager["User"]):
    """Makes people who sign in by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person with a login; without a password they can only sign in by code."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person with a login: a customer, a technician or a member of staff.

    Deleted at erasure, together with the e-mail addresses that the sign-in keeps. A customer of several
    merchants is one user and one Customer per merchant.
    """

    username = None  # type: ignore[assignment]  # people sign in by e-mail
    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    email = models.EmailField(unique=True)
    merchants = models.ManyToManyField(
        Merchant, blank=True, related_name="staff", help_text="Merchants for which this person works."
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()  # type: ignore[assignment,misc]  # ours has no user names

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.email

"""Logins that are made for people, not by them: staff, technicians, and the customers of a demo."""

from allauth.account.models import EmailAddress
from django.db import transaction

from config.lib.errors import DomainError
from referrals.models.users import User


class LoginTaken(DomainError):
    """Somebody signs in with this e-mail already."""

    code = "login_taken"


def make_login(*, email: str, password: str | None = None, name: str = "") -> User:
    """Make a person who can sign in at once: whoever makes the login vouches for the e-mail.

    :param password: without one, they sign in by a code that is sent to them.
    :raises LoginTaken: if the e-mail is somebody's; nobody's password is changed here.
    """
    address = email.lower()
    with transaction.atomic():
        if User.objects.filter(email__iexact=address).exists():
            raise LoginTaken
        user = User.objects.create_user(address, password, first_name=name)
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    return user

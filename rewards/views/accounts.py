"""What the sign-in library asks of us: who may sign up, and what happens when an e-mail is verified."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from rewards.selectors.sentences import decision_in_words
from rewards.services.signing_up import complete_sign_ups
from rewards.tasks import nudge
from rewards.views.presence import presence_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Customers sign up with a merchant, and are its customers once their e-mail is verified."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Where it is clear which merchant one would join; the logins of staff are made by administrators."""
        return bool(request.merchant)  # type: ignore[attr-defined]  # set by our middleware

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Verify an e-mail, and let whoever signed up with it join."""
        if not super().confirm_email(request, email_address):
            return False
        for enrolment in complete_sign_ups(user=email_address.user, presence=presence_of(request), now=timezone.now()):
            if enrolment.refused:
                messages.warning(request, decision_in_words(enrolment.refused))
            if enrolment.has_work:
                nudge()
        return True

    def format_email_subject(self, subject: str) -> str:
        """Begin with whose mail it is."""
        return f"{getattr(context.request, 'merchant', None) or 'Grapevine'}: {subject}"

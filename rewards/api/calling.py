"""What calls about a customer's points have in common: the terms of the wallet, and being done once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter

from config.lib.errors import DomainError
from config.lib.idempotency import HEADER, call_of
from config.lib.requests import ApiRequest
from credits.models.wallets import Wallet
from credits.selectors.terms import WalletTerms, default_wallet_terms
from credits.services.direct import Instruction
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.selectors import get_customer
from referrals.services.erasure import hold_customers
from referrals.services.replies import reply_once

IDEMPOTENCY_KEY = OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, required=True)


class NoProgramme(DomainError):
    """This merchant has no programme yet, and so no points."""

    code = "no_programme"


@dataclass(frozen=True, slots=True)
class Asking:
    """A call that is being done.

    :param name: by which the effect is known in the ledger, for ever.
    """

    merchant: Merchant
    terms: WalletTerms
    api_key_id: int
    actor: str
    name: str
    now: datetime

    def customer(self, reference: str) -> Customer:
        """The customer whom the call names.

        :raises NotFound: if the merchant has no such customer.
        """
        return self.customers(reference)[0]

    def customers(self, *references: str) -> list[Customer]:
        """The customers whom the call names; while something is done to them, nobody erases them.

        :raises NotFound: if the merchant has no such customers.
        """
        found = [get_customer(merchant=self.merchant, reference=reference) for reference in references]
        if self.name:
            hold_customers(customers=found)
        return found

    def instruct(
        self, customer: Customer, points: int, *, type_: str = "", reference: str = "", remark: str = ""
    ) -> Instruction:
        """What the call asks of the ledger."""
        return Instruction(
            terms=self.terms,
            customer_id=customer.pk,
            points=points,
            api_key_id=self.api_key_id,
            actor=self.actor,
            name=self.name,
            type_=type_,
            reference=reference,
            remark=remark,
            now=self.now,
        )


def terms_of(merchant: Merchant) -> WalletTerms:
    """The terms of a merchant's points.

    :raises NoProgramme: if it has none.
    """
    try:
        return default_wallet_terms(merchant=merchant)
    except Wallet.DoesNotExist:
        raise NoProgramme from None


def asking(request: ApiRequest, *, name: str = "") -> Asking:
    """Who asks, on which terms, and when."""
    key = request.auth
    return Asking(key.merchant, terms_of(key.merchant), key.pk, f"key:{key.prefix}", name, timezone.now())


def do_once(request: ApiRequest, act: Callable[[Asking], tuple[int, Mapping[str, Any]]]) -> HttpResponse:
    """Do what a call asks for, and answer it; or answer as before, if the same call was answered before.

    :param act: does it, and returns the status and the body of the answer.
    :raises KeyMissing: if the call has no `Idempotency-Key`.
    """
    call = call_of(request)
    known_as = asking(request, name=f"{request.auth.pk}:{call.digest}")
    reply = reply_once(api_key_id=known_as.api_key_id, call=call, now=known_as.now, act=lambda: act(known_as))
    return reply.as_response()

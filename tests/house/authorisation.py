"""Who may do what: each route of the product, each method, and what each of ten principals is answered.

Everything belongs to merchant A and its customer C1. A route that is not here fails the test beside this file. To add
one: `"route as in the map": Row("an example of it", METHOD=...)`; names in braces are rows of the test's world.

- `ok`: it is done, or refused for what was asked and not for who asked; `in`: the way leads to the sign-in,
  or to the choice of a merchant whose customer the reader is;
- 401, 403, 404, 405: just that. Whatever a row does not name is 405 (without a key, under /api, 401).
"""

from dataclasses import dataclass, field

PRINCIPALS = {
    "AN": "nobody",
    "C1": "the customer whom it is about",
    "C2": "another customer of the merchant",
    "T1": "the technician who has the job",
    "T2": "another technician",
    "SU": "support",
    "MG": "a programme manager",
    "AD": "an administrator",
    "KA": "a key of the merchant",
    "KB": "another merchant's key, or on pages its programme manager",
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

# fmt: off
#            AN  C1  C2  T1  T2  SU  MG  AD  KA  KB
ANYBODY   = "ok  ok  ok  ok  ok  ok  ok  ok  ok  ok"
A_KEY     = "401 401 401 401 401 401 401 401 ok  ok"
OWN_KEY   = "401 401 401 401 401 401 401 401 ok  404"
NO_KEY    = "401 401 401 401 401 401 401 401 405 405"
NO_METHOD = "405 405 405 405 405 405 405 405 405 405"
NOT_FOUND = "404 404 404 404 404 404 404 404 404 404"
SIGNED_IN = "in  ok  ok  ok  ok  ok  ok  ok  in  ok"
CUSTOMERS = "in  ok  ok  in  in  in  in  in  in  in"
TECHNICIANS = "in  403 403 ok  ok  403 403 403 in  403"
THE_TECHNICIAN = "in  403 403 ok  404 403 403 403 in  403"
NO_TECHNICIAN = "in  403 403 404 404 403 403 403 in  403"  # The form names none.
NO_JOB_BY_IT = "in  403 403 405 405 403 403 403 in  403"
THE_CUSTOMER = "in  ok  404 in  in  in  in  in  in  in"
JSON_TO_CUSTOMERS = "401 ok  ok  403 403 403 403 403 401 403"
NO_REWARD = "401 404 404 403 403 403 403 403 401 403"  # The form names none.
NO_DRAFT  = "401 401 401 401 401 401 401 401 404 404"  # There is none.
HAS_A_CODE = "401 ok  404 403 403 403 403 403 401 403"  # C2 has made none.
NO_SIGNATURE = "401 401 401 401 401 401 401 401 401 401"
NO_WAY_IN = "in  405 405 in  in  in  in  in  in  in"
NO_FACTOR = "in  404 404 404 404 404 404 404 in  404"  # None of them has a second factor.
# fmt: on


@dataclass(frozen=True)
class Row:
    """A route: an example of it, what may be asked by which method, and a body that can be read.

    `asked` are the methods that it is asked by at all: a library's page takes every method for one of two.
    """

    path: str
    methods: dict[str, str]
    body: dict[str, object] = field(default_factory=dict)
    asked: tuple[str, ...] = METHODS
    otherwise: str = ""

    def expected(self, method):
        """What each principal is answered."""
        otherwise = self.otherwise or (NO_KEY if self.path.startswith("/api/v1/") else NO_METHOD)
        return dict(zip(PRINCIPALS, self.methods.get(method, otherwise).split(), strict=True))


def api(path, body=None, **methods):
    """A route under /api/v1/."""
    return Row(f"/api/v1/{path}", methods, body or {})


def page(path, *, to=ANYBODY, methods=METHODS):
    """A page, for whoever may see it, by these methods."""
    return Row(path, dict.fromkeys(methods, to))


def for_customers(path, *methods):
    """A page that looks at who asks before it looks at how."""
    return Row(path, dict.fromkeys(methods, CUSTOMERS), otherwise=NO_WAY_IN)


def job(path, *methods, to=THE_TECHNICIAN):
    """A page of the technicians' portal, which looks at who asks before it looks at how."""
    return Row(f"/portal/{path}", dict.fromkeys(methods, to), otherwise=NO_JOB_BY_IT)


def of_the_customer(path, *methods):
    """A page about something that belongs to one customer."""
    return Row(path, dict.fromkeys(methods, THE_CUSTOMER), otherwise=NO_WAY_IN)


def of_a_library(path, to=ANYBODY):
    """A page that a library answers: it is looked at; what its forms do is the library's."""
    return Row(path, {"GET": to}, asked=("GET",))


ADJUSTMENT = {"points": 5, "reason": "A gift"}
EARNING = {"customerId": "alice", "points": 5}
PARTICIPATION = {"customerId": "alice", "campaignId": "spring"}
CART = {"customer": "alice", "currency": "USD", "items": [{"sku": "SALAD", "quantity": 1, "unit_price": 1200}]}
SUBSCRIPTION = {"endpoint": "https://push.example.com/1", "keys": {"p256dh": "BA", "auth": "AA"}}
HOLD = {"points": 5, "reference": "cart-1"}

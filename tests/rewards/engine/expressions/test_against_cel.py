"""Conditions agree with an independent implementation of CEL wherever the two overlap.

Expressions that are well-typed by construction are generated together with the facts they speak of, evaluated by
both, and compared: the same value, or an error in both. What is outside the overlap is left out on purpose:
decimals (CEL has binary doubles), size() of text beyond ASCII (that library counts bytes where the specification
counts code points), the key of a map that is not there (an error in CEL, 0 here), and the negation of the smallest
whole number (an error in the specification and here, itself in that library).
"""

import random
from collections.abc import Callable
from fractions import Fraction

import cel
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.engine.expressions.checker import compile_condition
from rewards.engine.expressions.errors import ConditionError
from rewards.engine.facts import CustomerFacts, Facts
from rewards.engine.triggers import TRIGGERS
from tests.rewards.engine.examples import facts, line, purchase

VOCABULARY = TRIGGERS["purchase.completed"].vocabulary("referrer")
WORDS = ["", "a", "ol", "ab", "meals", "gold", "it's", 'say "hi"', "back\\slash", "new\nline"]
INTS = [0, 1, 2, 3, 5, 7, 10, 100, 2500, 2**31, 2**62, 2**63 - 1, -1, -2, -3, -7, -(2**63)]
ERROR = "error"
Writers = list[Callable[[], str]]
EXPRESSIONS = 3000
DEPTH_MAX = 5
LENGTH_MIN, LENGTH_MAX = 10, 800


class Writer:
    """Writes random expressions of a wished type.

    Hypothesis draws only the depth and the seed, which is a hundred times faster than drawing every choice, and
    still shrinks a failure to the least depth that shows it.
    """

    def __init__(self, source: random.Random, categories: list[str]) -> None:
        self._random = source
        self._categories = categories

    def condition(self, depth: int) -> str:
        text = self.boolean(depth)
        while not LENGTH_MIN <= len(text) <= LENGTH_MAX:
            text = self.boolean(depth)
        return text

    def boolean(self, depth: int) -> str:
        return self._one_of(
            depth,
            leaves=[lambda: "true", lambda: "false", lambda: "customer.is_referred"],
            branches=[
                lambda: f"!{self._inner(self.boolean, depth)}",
                lambda: self._joined("&&", self.boolean, depth),
                lambda: self._joined("||", self.boolean, depth),
                lambda: self._compared(depth),
                lambda: self._compared(depth),
                lambda: self._two(self._sign("< <= > >= == !="), self.text, depth),
                lambda: self._two(self._sign("== !="), self.boolean, depth),
                lambda: self._two(self._sign("== !="), self.texts, depth),
                lambda: f"{self._inner(self.text, depth)} in {self._inner(self.texts, depth)}",
                lambda: f"{self._inner(self.integer, depth)} in {self._inner(self.integers, depth)}",
                lambda: f"{self._inner(self.text, depth)} in purchase.units",
                lambda: f"{self.text(0)}.{self._sign('startsWith endsWith contains')}({self.text(depth - 1)})",
                lambda: f"{self._inner(self.text, depth)} {self._sign('== !=')} null",
                lambda: self._choice(self.boolean, depth),
            ],
        )

    def integer(self, depth: int) -> str:
        names = ["purchase.total", "purchase.quantity", "customer.purchases", "referrer.purchases"]
        return self._one_of(
            depth,
            leaves=[lambda: str(self._random.choice(INTS)), lambda: self._random.choice(names)],
            branches=[
                lambda: self._two(self._sign("+ - * / %"), self.integer, depth),
                lambda: self._two(self._sign("+ - * / %"), self.integer, depth),
                lambda: f"-{self._random.choice(names)}",
                lambda: f"-({self._inner(self.integer, depth)} % {self._inner(self.integer, depth)})",
                lambda: f"size({self.text(depth - 1)})",
                lambda: f"size({self.texts(depth - 1)})",
                lambda: "size(purchase.units)",
                self._units,
                lambda: self._choice(self.integer, depth),
            ],
        )

    def text(self, depth: int) -> str:
        names = ["purchase.currency", "customer.tier", "referrer.tier", "purchase.payment_status"]
        return self._one_of(
            depth,
            leaves=[lambda: quoted(self._random.choice(WORDS)), lambda: self._random.choice(names)],
            branches=[lambda: self._choice(self.text, depth)],
            branching=0.2,
        )

    def texts(self, depth: int) -> str:
        return self._one_of(
            depth,
            leaves=[lambda: "purchase.categories", lambda: "purchase.skus", lambda: "[]"],
            branches=[lambda: self._list(self.text, depth), lambda: self._choice(self.texts, depth)],
            branching=0.5,
        )

    def integers(self, depth: int) -> str:
        return self._list(self.integer, depth)

    def _one_of(self, depth: int, *, leaves: Writers, branches: Writers, branching: float = 0.8) -> str:
        return self._random.choice(branches if depth > 0 and self._random.random() < branching else leaves)()

    def _sign(self, signs: str) -> str:
        return self._random.choice(signs.split())

    def _inner(self, write: Callable[[int], str], depth: int) -> str:
        written = write(max(depth - 1, 0))
        return written if written.replace(".", "").isalnum() else f"({written})"

    def _two(self, sign: str, write: Callable[[int], str], depth: int) -> str:
        left, right = self._inner(write, depth), self._inner(write, depth)
        if sign in "+-*/%" and self._random.random() < 0.5:
            extra = self._random.choice("+-*/%")
            return f"{left} {sign} {right} {extra} {self._inner(write, depth)}"
        return f"{left} {sign} {right}"

    def _compared(self, depth: int) -> str:
        """Arithmetic without parentheses on both sides, since it binds tighter."""
        return f"{self.integer(depth - 1)} {self._sign('< <= > >= == !=')} {self.integer(depth - 1)}"

    def _joined(self, sign: str, write: Callable[[int], str], depth: int) -> str:
        parts = [self._inner(write, depth) for _ in range(self._random.choice([2, 2, 3, 4]))]
        signs = [sign if self._random.random() < 0.7 else self._sign("&& ||") for _ in parts[1:]]
        return parts[0] + "".join(f" {each} {part}" for each, part in zip(signs, parts[1:], strict=True))

    def _choice(self, write: Callable[[int], str], depth: int) -> str:
        test = self._inner(self.boolean, depth)
        return f"({test} ? {self._inner(write, depth)} : {write(depth - 1)})"

    def _list(self, write: Callable[[int], str], depth: int) -> str:
        return f"[{', '.join(write(max(depth - 1, 0)) for _ in range(self._random.choice([1, 2, 3])))}]"

    def _units(self) -> str:
        if not self._categories:
            return "size(purchase.categories)"
        return f"purchase.units[{quoted(self._random.choice(self._categories))}]"


def quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


customers = st.builds(
    CustomerFacts,
    id=st.just(1),
    tier=st.sampled_from(WORDS),
    tier_multiplier=st.just(Fraction(1)),
    purchases=st.sampled_from([0, 1, 3, 99]),
    is_referred=st.booleans(),
)
carts = st.builds(
    lambda lines, total: purchase(*lines, total=total),
    st.lists(
        st.builds(
            line,
            st.integers(0, 9999),
            quantity=st.integers(1, 9),
            category=st.sampled_from(WORDS),
            sku=st.sampled_from(WORDS),
        ),
        max_size=4,
    ),
    st.sampled_from([0, 1, 2500, 10**12]),
)
situations = st.builds(
    lambda cart, buyer, referrer: facts(cart, buyer=buyer, referrer=referrer), carts, customers, customers
)


def as_context(given_facts: Facts) -> dict[str, object]:
    bought, buyer, referrer = given_facts.purchase, given_facts.buyer, given_facts.referrer
    return {
        "purchase": {
            "total": bought.total,
            "currency": bought.currency,
            "payment_status": bought.payment_status,
            "quantity": bought.quantity,
            "categories": list(bought.categories),
            "skus": list(bought.skus),
            "units": dict(bought.units),
        },
        "customer": {"tier": buyer.tier, "purchases": buyer.purchases, "is_referred": buyer.is_referred},
        "referrer": {"tier": referrer.tier, "purchases": referrer.purchases},
    }


def by_cel(text: str, given_facts: Facts) -> object:
    try:
        return cel.compile(text).execute(as_context(given_facts))
    except (ZeroDivisionError, OverflowError):
        return ERROR


def by_us(text: str, given_facts: Facts) -> object:
    try:
        return compile_condition(text, VOCABULARY)(given_facts)
    except ConditionError:
        return ERROR


@settings(max_examples=EXPRESSIONS, deadline=None)
@given(situations, st.integers(2, DEPTH_MAX), st.integers(0, 2**32))
def test_any_condition_means_what_cel_says_it_means(given_facts, depth, seed):
    text = Writer(random.Random(seed), list(given_facts.purchase.categories)).condition(depth)
    assert by_us(text, given_facts) == by_cel(text, given_facts), text

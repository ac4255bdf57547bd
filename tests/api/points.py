"""Calling the API about points: with a fresh key for each call, unless one is given."""

from itertools import count

from tests.api.caller import CUSTOMERS

EARN = "/api/v1/loyalty/points/earn"
REDEEM = "/api/v1/loyalty/points/redeem"
ALICE = f"{CUSTOMERS}/alice"
_numbers = count(1)


class Till:
    """Another system that gives and takes points."""

    def __init__(self, api):
        self.api = api

    def do(self, path, body=None, *, key=None, **request):
        """Send an instruction; each is another one unless they have one key."""
        headers = {"Idempotency-Key": key or f"key-{next(_numbers)}", **request.pop("headers", {})}
        return self.api.post(path, {} if body is None else body, headers=headers, **request)

    def earn(self, points, customer="alice", *, key=None, **more):
        return self.do(EARN, {"customerId": customer, "points": points, **more}, key=key)

    def redeem(self, points, customer="alice", *, key=None, **more):
        return self.do(REDEEM, {"customerId": customer, "points": points, **more}, key=key)

    def adjust(self, points, reason="Counted wrongly", customer="alice", *, key=None):
        body = {"points": points, "reason": reason}
        return self.do(f"{CUSTOMERS}/{customer}/credits/adjustments", body, key=key)

    def hold(self, points, reference="cart-1", customer="alice", *, key=None, **more):
        body = {"points": points, "reference": reference, **more}
        return self.do(f"{CUSTOMERS}/{customer}/holds", body, key=key)

    def capture(self, held, customer="alice", *, key=None, **body):
        return self.do(f"{CUSTOMERS}/{customer}/holds/{held.json()['id']}/capture", body, key=key)

    def release(self, held, customer="alice", *, key=None):
        return self.do(f"{CUSTOMERS}/{customer}/holds/{held.json()['id']}/release", key=key)

    def give(self, points, to="bob", customer="alice", *, key=None):
        return self.do(f"{CUSTOMERS}/{customer}/gifts", {"to": to, "points": points}, key=key)

    def close(self, customer="alice"):
        return self.api.send("DELETE", f"{CUSTOMERS}/{customer}/credits", content_type="")

    def balance(self, customer="alice"):
        """What a customer has, without what is nothing."""
        found = self.api.get(f"{CUSTOMERS}/{customer}/credits").json()
        return {name: found[name] for name in ("available", "pending", "held", "owed") if found[name]}

    def lines(self, customer="alice"):
        """A customer's statement."""
        return self.api.get(f"{CUSTOMERS}/{customer}/statement").json()["entries"]

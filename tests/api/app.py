"""A customer's own app: it signs in for a token, sends that along, and keeps no cookie."""

import json
import secrets

from django.test import Client

HOST = "orchard.localhost"
PASSWORD = "a-good-password"
SIGN_IN = "/_allauth/app/v1"
ME = "/api/v1/me"


class App:
    """An app at a merchant's host; each one calls from another place, so that limits count for it alone."""

    def __init__(self, host=HOST):
        self.host, self.token = host, ""
        self.place = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"

    def send(self, method, path, body=None, **headers):
        """One request, by a client that remembers nothing of those before."""
        token = {"X-Session-Token": self.token} if self.token else {}
        client = Client(raise_request_exception=False, enforce_csrf_checks=True, REMOTE_ADDR=self.place)
        sent = b"" if body is None else json.dumps(body).encode()
        content_type = "" if body is None else "application/json"
        answer = client.generic(method, path, sent, content_type, headers={"Host": self.host, **token, **headers})
        assert not answer.cookies
        return answer

    def sign_in(self, email, password=PASSWORD):
        """Ask for a token, and keep it; who has a second factor is not signed in by it yet."""
        answer = self.send("POST", f"{SIGN_IN}/auth/login", {"email": email, "password": password})
        self.token = answer.json().get("meta", {}).get("session_token", "")
        return answer

    def sign_out(self):
        return self.send("DELETE", f"{SIGN_IN}/auth/session")

    def get(self, path, **headers):
        return self.send("GET", f"{ME}{path}", **headers)

    def post(self, path, body=None, **headers):
        return self.send("POST", f"{ME}{path}", body, **headers)

    def put(self, path, body=None, **headers):
        return self.send("PUT", f"{ME}{path}", body, **headers)

    def redeem(self, reward, key, **wish):
        """Redeem a reward, under the app's own name for it."""
        return self.post("/redemptions", {"rewardId": reward, **wish}, **{"Idempotency-Key": key})

"""Browsers that are woken by web push: they read what only they can read (RFC 8291), and see who sent it (RFC 8292)."""

import os
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from config.lib import base64url

CURVE = ec.SECP256R1()
SALT_BYTES, HEAD_BYTES = 16, 21


def private_key(text):
    """The key of these 32 bytes in base64url."""
    return ec.derive_private_key(int.from_bytes(base64url.decode(text), "big"), CURVE)


def point_of(key):
    """The public key as it is told to others."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass
class Browser:
    """A browser with its keys."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(CURVE))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def point(self):
        return point_of(self.key)

    def reads(self, body):
        """What a push message says."""
        salt, key_length = body[:SALT_BYTES], body[HEAD_BYTES - 1]
        theirs, sealed = body[HEAD_BYTES : HEAD_BYTES + key_length], body[HEAD_BYTES + key_length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
        secret = derived(shared, self.auth, b"WebPush: info\0" + self.point + theirs, 32)
        key = derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        content, last, padding = AESGCM(key).decrypt(nonce, sealed, None).rpartition(b"\2")
        assert last, "it is the only record"
        assert not padding.strip(b"\0")
        return content


def derived(secret, salt, info, length):
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def signed_claims(authorization):
    """What the sender of a push message claims, and the public key with which the claims were signed."""
    token, key = (part.partition("=")[2] for part in authorization.removeprefix("vapid ").split(", "))
    head, claims, signature = token.split(".")
    raw, point = base64url.decode(signature), base64url.decode(key)
    numbers = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    signer = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    signer.verify(encode_dss_signature(*numbers), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert msgspec.json.decode(base64url.decode(head)) == {"typ": "JWT", "alg": "ES256"}
    return msgspec.json.decode(base64url.decode(claims)), point

"""Session tokens: issue, verify, refresh."""

import time

import jwt

from .errors import Unauthorized


class Tokens:
    """Issues and verifies the tokens of one region."""

    def __init__(self, keys, ttl_seconds=3600, legacy_secret=None):
        self.keys = keys
        self.legacy_secret = legacy_secret
        self.ttl_seconds = ttl_seconds

    def issue(self, user_id, scopes):
        claims = {
            "sub": user_id,
            "scopes": sorted(scopes),
            "exp": int(time.time()) + self.ttl_seconds,
        }
        key_id, private_key = self.keys.current()
        return jwt.encode(claims, private_key, algorithm="RS256", headers={"kid": key_id})

    def refresh(self, claims, refresh_before_seconds=120):
        """A fresh token when this one is about to expire, otherwise None."""
        if claims["exp"] - time.time() > refresh_before_seconds:
            return None
        return self.issue(claims["sub"], claims["scopes"])

    def verify(self, token):
        """Return the claims of a valid token, or raise Unauthorized."""
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") == "HS256" and self.legacy_secret:
                return jwt.decode(token, self.legacy_secret, algorithms=["HS256"])
            key = self.keys.public(header.get("kid"))
            return jwt.decode(token, key, algorithms=["RS256"])
        except jwt.InvalidTokenError as error:
            raise Unauthorized(str(error)) from error

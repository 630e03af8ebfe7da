import pytest

from gateway.auth import Tokens
from gateway.errors import Unauthorized


def test_a_token_survives_the_round_trip(tokens):
    claims = tokens.verify(tokens.issue("u-17", {"orders:read"}))
    assert claims["sub"] == "u-17"
    assert claims["scopes"] == ["orders:read"]


def test_a_young_token_is_not_refreshed(tokens):
    claims = tokens.verify(tokens.issue("u-17", set()))
    assert tokens.refresh(claims) is None


def test_a_token_about_to_expire_is_refreshed(tokens, clock):
    claims = tokens.verify(tokens.issue("u-17", {"cart"}))
    clock.advance(seconds=3500)
    assert tokens.verify(tokens.refresh(claims))["scopes"] == ["cart"]


def test_a_token_of_another_region_is_refused(tokens, other_region):
    with pytest.raises(Unauthorized):
        tokens.verify(other_region.issue("u-17", set()))

import pytest

from gateway.errors import UpstreamTimeout
from gateway.retry import RetryPolicy, call


def test_gives_up_after_the_last_attempt(flaky, no_sleep):
    upstream = flaky(failures=3)
    with pytest.raises(UpstreamTimeout):
        call(RetryPolicy(attempts=3), upstream, upstream.get("/items"))
    assert upstream.calls == 3


def test_a_request_that_is_not_idempotent_is_sent_once(flaky, no_sleep):
    upstream = flaky(failures=1)
    with pytest.raises(UpstreamTimeout):
        call(RetryPolicy(), upstream, upstream.post("/orders"))
    assert upstream.calls == 1

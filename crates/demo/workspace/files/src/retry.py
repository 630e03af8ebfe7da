"""Retrying requests to upstream services.

The policy is deliberately small: a fixed pause between tries. See
docs/adr-007-retries.md for why it looks like this.
"""

import logging
import time

from .errors import UpstreamTimeout, UpstreamUnavailable

log = logging.getLogger("gateway.retry")

RETRYABLE = (UpstreamTimeout, UpstreamUnavailable)


class RetryPolicy:
    """How often to try again, and how long to wait in between."""

    def __init__(self, attempts=3, delay_seconds=0.5):
        self.attempts = attempts
        self.delay_seconds = delay_seconds

    @classmethod
    def from_config(cls, config):
        section = config["retry"]
        return cls(section["attempts"], section["delay_seconds"])

    def pause(self, attempt):
        """Seconds to wait after the given attempt (counted from 1)."""
        return self.delay_seconds


def call(policy, upstream, request):
    """Send `request`, trying again as `policy` says."""
    for attempt in range(1, policy.attempts + 1):
        try:
            return upstream.send(request)
        except RETRYABLE as error:
            if attempt == policy.attempts or not request.idempotent:
                log.warning("giving up on %s after %d tries: %s", upstream.name, attempt, error)
                raise
            time.sleep(policy.pause(attempt))

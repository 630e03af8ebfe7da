"""The HTTP client the gateway uses towards its upstream services."""

import httpx

from .errors import UpstreamTimeout, UpstreamUnavailable


class Upstream:
    """One upstream service, with its own connection pool."""

    def __init__(self, name, base_url, config):
        self.name = name
        self.timeout_seconds = config["http"]["timeout_seconds"]
        limits = httpx.Limits(max_connections=config["http"]["pool_per_host"])
        self.http = httpx.Client(base_url=base_url, timeout=self.timeout_seconds, limits=limits)

    def send(self, request):
        """Send `request` once; retry.call decides whether to do it again."""
        try:
            return self.http.send(request.to_httpx(self.http))
        except httpx.TimeoutException as error:
            raise UpstreamTimeout(self.name, self.timeout_seconds, error) from error
        except httpx.ConnectError as error:
            raise UpstreamUnavailable(self.name, error) from error

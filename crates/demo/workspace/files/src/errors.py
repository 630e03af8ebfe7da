"""What can go wrong between the gateway and everybody else."""


class GatewayError(Exception):
    status = 500


class Unauthorized(GatewayError):
    status = 401


class UpstreamTimeout(GatewayError):
    status = 504

    def __init__(self, upstream, timeout_seconds, cause=None):
        super().__init__(f"{upstream} did not answer within {timeout_seconds} s")
        self.upstream = upstream
        self.cause = cause


class UpstreamUnavailable(GatewayError):
    status = 502

    def __init__(self, upstream, cause=None):
        super().__init__(f"{upstream} refused the connection")
        self.upstream = upstream
        self.cause = cause

"""One line per request, tied together by the request id."""

import logging
import uuid

log = logging.getLogger("gateway.access")


def request_id(headers):
    """The caller's request id, or a fresh one."""
    return headers.get("x-request-id") or uuid.uuid4().hex


def write(request_id, method, path, status, millis):
    log.info("%s %s %s %d %d ms", request_id, method, path, status, millis)

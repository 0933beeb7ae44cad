"""Requests of devices: signed by the key that never leaves them, so that no password lies on a tablet for days."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from qingyuan import clock
from qingyuan.errors import BadInput, NotAllowed, NotYours, QingyuanError
from qingyuan.records.inspections import devices
from qingyuan.records.inspections.models import FieldDevice

CODES: dict[type[QingyuanError], int] = {NotYours: 404, NotAllowed: 409, BadInput: 400}


def answer(told: Any, code: int = 200) -> HttpResponse:
    """JSON that no cache keeps."""
    return HttpResponse(orjson.dumps(told), content_type="application/json", status=code, headers={"Cache-Control": "no-store"})


def plainly(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refusals as JSON with their sentence: the app shows them as they are."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except QingyuanError as error:
            return answer({"error": str(error)}, CODES.get(type(error), 409))

    return inner


def signed(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view for a registered device; it gets the device.  A signed request needs no cookie, so there is nothing to forge across sites."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @plainly
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return answer({"error": f"应使用 {'、'.join(methods)}"}, 405)
            head = request.headers
            caller = devices.caller(
                key=head.get("X-Field-Device", ""), word=head.get("X-Field-Challenge", ""), signature=head.get("X-Field-Signature", ""),
                method=str(request.method), path=request.get_full_path(), body=request.body,
            )  # fmt: skip
            return view(request, caller, *args, **kwargs)

        return inner

    return wrap


def active(device: FieldDevice) -> FieldDevice:
    """The device, unless it was revoked: it may still bring what it holds, but takes nothing away."""
    if device.revoked_at is not None:
        raise NotAllowed(f"设备已于{device.revoked_at.astimezone(clock.CHINA):%Y-%m-%d}吊销：{device.revoke_reason}")
    return device


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The request as a JSON object; BadInput otherwise."""
    try:
        told = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise BadInput("请求不是 JSON") from error
    if not isinstance(told, dict):
        raise BadInput("请求须是一个 JSON 对象")
    return told

"""Who may come in, and how the same request twice is one act."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from ninja.security import HttpBearer

from qingyuan import clock
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.models import ApiToken, IdempotencyKey
from qingyuan.records.registry.tokens import token_for


class Bearer(HttpBearer):
    """``Authorization: Bearer qy_…``; the token's officer is the viewer of everything."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        refuse_nul(request)
        return token_for(token, clock.now())


def refuse_nul(request: HttpRequest) -> None:
    """No word of the trade has a NUL in it, and PostgreSQL keeps none: refused by name before anything looks at it."""
    is_json = request.content_type == "application/json"
    if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", "") or (is_json and b"\\u0000" in request.body):
        raise BadInput("内容里有不能识别的空字符（NUL），请去掉后重发")


def writes(request: HttpRequest) -> ApiToken:
    """The token of a request that changes something; NotAllowed when it may only read."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    if not token.may_write:
        raise NotAllowed("该令牌只能读取，不能办理")
    return token


def once(request: HttpRequest, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do a write at most once for its ``Idempotency-Key``; the same key again gives the first answer.

    The answer is kept in the transaction of the act, so a crash leaves both or neither.  Raises BadInput when the
    key is missing or was used for another request, NotAllowed when the token may not write.
    """
    token = writes(request)
    key = request.headers.get("Idempotency-Key", "")
    if not 8 <= len(key) <= 80:
        raise BadInput("办理类请求须带 Idempotency-Key 请求头（8—80 个字符），同一件事重发时用同一个键", field="Idempotency-Key")
    asked = hashlib.sha256(request.method.encode() + request.path.encode() + b"\0" + request.body).hexdigest()
    known = IdempotencyKey.objects.filter(token=token, key=key).first()
    if known is None:
        try:
            with transaction.atomic():
                answer = act()
                IdempotencyKey.objects.create(
                    token=token, key=key, request_digest=asked, code=200, answer=json.loads(json.dumps(answer, default=str)), at=clock.now()
                )
                return answer
        except IntegrityError:
            known = IdempotencyKey.objects.filter(token=token, key=key).first()
            if known is None:
                raise
    if known.request_digest != asked:
        raise BadInput("该 Idempotency-Key 已用于另一个请求，请换一个键", field="Idempotency-Key")
    return known.answer

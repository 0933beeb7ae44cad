"""Keys of other systems: issued once in clear, kept as a digest, with a scope and an end."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction

from qingyuan.errors import BadInput

from .events import record_event
from .models import ApiToken, Officer


@transaction.atomic
def issue_token(*, name: str, officer: Officer, may_write: bool, valid_to: dt.datetime, by: Officer | None, at: dt.datetime) -> str:
    """Return the token in clear, this one time."""
    if not name.strip() or valid_to <= at:
        raise BadInput("请写明令牌用途，失效时间须晚于现在", field="valid_to")
    clear = "qy_" + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(name=name, officer=officer, digest=digest(clear), may_write=may_write, made_at=at, valid_to=valid_to)
    record_event(by=by, subject=f"token:{row.pk}", step="issue_token", at=at, after={"name": name, "may_write": may_write})
    return clear


@transaction.atomic
def revoke_token(row: ApiToken, *, why: str, by: Officer | None, at: dt.datetime) -> None:
    """End a token now."""
    ApiToken.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=at)
    record_event(by=by, subject=f"token:{row.pk}", step="revoke_token", at=at, why=why)


def token_for(clear: str, at: dt.datetime) -> ApiToken | None:
    """The live token, or None."""
    return ApiToken.objects.select_related("officer__agency__division").filter(digest=digest(clear), revoked_at=None, valid_to__gt=at).first()


def digest(clear: str) -> str:
    return hashlib.sha256(clear.encode()).hexdigest()

"""How every refusal looks: what is wrong, what would be right, and never more than the viewer may know."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.errors import BadInput, Corrupt, NotAllowed, NotYours


class RefusalMiddleware:
    """Turn the project's errors into pages.

    A row outside the viewer's scope and a row that does not exist look the same: 404.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotYours):
            return not_found(request, error)
        if isinstance(error, NotAllowed):
            return page(request, 409, "现在不能这样办", error.reasons)
        if isinstance(error, BadInput):
            return page(request, 400, "填写的内容不能采用", (str(error),))
        if isinstance(error, Corrupt):
            return page(request, 500, "证据与取得时的摘要不符", (str(error),))
        return None


def page(request: HttpRequest, code: int, title: str, reasons: tuple[str, ...]) -> HttpResponse:
    """One refusal page for every kind; ``reasons`` are whole sentences."""
    return render(request, "refusal.html", {"code": code, "title": title, "reasons": reasons}, status=code)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 400, "请求不能识别", ("请返回上一页重新提交。",))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403, "没有办理权限", ("您的岗位或辖区不能使用这一功能；如确需使用，请联系本单位系统管理员。",))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404, "没有找到", ("该页面不存在，或者不在您的辖区范围内。",))


def server_error(request: HttpRequest) -> HttpResponse:
    return page(request, 500, "系统出错", ("错误已记录，刚才的操作没有生效，请稍后重试。",))

"""Logging in and out; who fails too often waits (axes)."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse


class Entrance(LoginView):
    """The login page; someone already logged in is taken to the desk."""

    template_name = "login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **more: object) -> dict[str, object]:
        locked = getattr(self.request, "axes_locked_out", False)
        return super().get_context_data(locked=locked, **more)

    def form_invalid(self, form) -> HttpResponse:
        response = super().form_invalid(form)
        locked = getattr(self.request, "axes_locked_out", False)
        response.status_code = 429 if locked else 400
        return response


class Exit(LogoutView):
    """Logging out is a POST, so that no picture on a page can do it."""

    http_method_names = ["post", "options"]

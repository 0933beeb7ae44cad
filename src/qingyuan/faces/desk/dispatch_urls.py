"""Addresses of the gate and of what surrounds visits."""

from django.urls import path

from . import burden, gate, task_codes

pages = [
    path("burden/", burden.burden_page, name="burden"),
    path("burden/<str:code>/", burden.burden_of, name="burden_of"),
    path("gate/", gate.gate_page, name="gate"),
    path("gate/<str:code>/send/", gate.send, name="gate_send"),
    path("gate/<str:code>/outside/", gate.note_outside, name="gate_outside"),
    path("tasks/<str:number>/merge/<int:pk>/", gate.merge, name="task_merge"),
    path("tasks/<str:number>/code/", task_codes.code_page, name="task_code"),
    path("tasks/<str:number>/code/withdraw/", task_codes.withdraw, name="task_code_withdraw"),
]

"""Addresses of the gate and of what surrounds visits."""

from django.urls import path

from . import burden, campaigns, gate, problems, task_codes

pages = [
    path("burden/", burden.burden_page, name="burden"),
    path("burden/<str:code>/", burden.burden_of, name="burden_of"),
    path("gate/", gate.gate_page, name="gate"),
    path("gate/<str:code>/send/", gate.send, name="gate_send"),
    path("gate/<str:code>/outside/", gate.note_outside, name="gate_outside"),
    path("tasks/<str:number>/merge/<int:pk>/", gate.merge, name="task_merge"),
    path("tasks/<str:number>/code/", task_codes.code_page, name="task_code"),
    path("tasks/<str:number>/code/withdraw/", task_codes.withdraw, name="task_code_withdraw"),
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/<str:number>/", campaigns.campaign_page, name="campaign"),
    path("campaigns/<str:number>/<slug:step>/", campaigns.campaign_step, name="campaign_step"),
    path("rounds/", campaigns.round_list, name="rounds"),
    path("rounds/<str:number>/", campaigns.round_page, name="round"),
    path("rounds/<str:number>/<slug:step>/", campaigns.round_step, name="round_step"),
    path("targets/<int:pk>/answer/", campaigns.target_answer, name="target_answer"),
    path("problems/", problems.problem_list, name="problems"),
    path("problems/<str:number>/", problems.problem_page, name="problem"),
    path("problems/<str:number>/<slug:step>/", problems.problem_step, name="problem_step"),
    path("notices/", problems.notice_list, name="notices"),
    path("notices/<str:number>/", problems.notice_page, name="notice"),
    path("notices/<str:number>/<slug:step>/", problems.notice_step, name="notice_step"),
]

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "qingyuan.records.dispatch"
    label = "dispatch"
    verbose_name = "任务派发"

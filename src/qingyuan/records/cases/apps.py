from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "qingyuan.records.cases"
    label = "cases"
    verbose_name = "案件"

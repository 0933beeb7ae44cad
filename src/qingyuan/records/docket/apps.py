from django.apps import AppConfig


class DocketConfig(AppConfig):
    name = "qingyuan.records.docket"
    label = "docket"
    verbose_name = "案卷"

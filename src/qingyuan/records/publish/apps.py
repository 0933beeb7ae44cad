from django.apps import AppConfig


class PublishConfig(AppConfig):
    name = "qingyuan.records.publish"
    label = "publish"
    verbose_name = "信息公开"

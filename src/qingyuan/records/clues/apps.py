from django.apps import AppConfig


class CluesConfig(AppConfig):
    name = "qingyuan.records.clues"
    label = "clues"
    verbose_name = "线索"

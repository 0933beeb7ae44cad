from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "qingyuan.faces.field"
    label = "field"
    verbose_name = "移动执法"

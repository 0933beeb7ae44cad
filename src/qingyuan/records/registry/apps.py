from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "qingyuan.records.registry"
    label = "registry"
    verbose_name = "基础名录"

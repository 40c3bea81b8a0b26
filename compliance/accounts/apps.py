from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "compliance.accounts"
    label = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from compliance.accounts import erasure, middleware, sign_ins  # noqa: F401  they listen

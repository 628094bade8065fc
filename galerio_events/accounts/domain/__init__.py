"""The rules of signing in: passwords, codes and links, second factors, and how long a sign-in lasts."""

from galerio_events.accounts.domain.passwords import (
    PASSWORD_MAX,
    PASSWORD_MIN,
    PasswordFault,
    new_password,
    new_uniquifier,
    normal_password,
    password_fault,
    safe_next,
)
from galerio_events.accounts.domain.sign_ins import Lack, Method, Proof, lacks

__all__ = [
    "PASSWORD_MAX",
    "PASSWORD_MIN",
    "Lack",
    "Method",
    "PasswordFault",
    "Proof",
    "lacks",
    "new_password",
    "new_uniquifier",
    "normal_password",
    "password_fault",
    "safe_next",
]

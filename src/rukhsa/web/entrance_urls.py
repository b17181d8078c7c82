"""Addresses of signing in and out; those of django-allauth that are needed, and no others."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as one_time_codes
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as social
from django.urls import path

from rukhsa.accounts import openid
from rukhsa.web import entrance
from rukhsa.web.access import public, staff_setting_up

urlpatterns = [
    path("sign-in", entrance.sign_in, name="sign-in"),
    path("sign-in/again", entrance.sign_in_again, name="sign-in-again"),
    path("sign-in/refused", entrance.refused, name="sign-in-refused"),
    path("sign-in/unproven", entrance.unproven, name="sign-in-unproven"),
    path("sign-in/<slug:provider_id>/begin", public(openid.begin), name="openid_connect_login"),
    path("sign-in/<slug:provider_id>/back", public(openid.come_back), name="openid_connect_callback"),
    path("sign-in/cancelled", public(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("sign-in/failed", public(social.login_error), name="socialaccount_login_error"),
    path("sign-in/unknown", entrance.refused, name="socialaccount_signup"),
    path("sign-out", public(account.logout), name="account_logout"),
    path("session", entrance.session, name="session"),
    path("capacity", entrance.capacity, name="capacity"),
    path("desk/sign-in", public(account.login), name="account_login"),
    path("desk/sign-in/passkey", public(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("desk/welcome/<str:token>", entrance.welcome, name="welcome"),
    path("desk/sign-in/inactive", public(account.account_inactive), name="account_inactive"),
    path("desk/sign-in/proof", public(factors.authenticate), name="mfa_authenticate"),
    path("desk/sign-in/again", staff_setting_up(account.reauthenticate), name="account_reauthenticate"),
    path("desk/sign-in/again/proof", staff_setting_up(factors.reauthenticate), name="mfa_reauthenticate"),
    path(
        "desk/sign-in/again/passkey",
        staff_setting_up(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("desk/proofs/", staff_setting_up(factors.index), name="mfa_index"),
    path("desk/proofs/code", staff_setting_up(one_time_codes.activate_totp), name="mfa_activate_totp"),
    path(
        "desk/proofs/code/remove",
        staff_setting_up(one_time_codes.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    path("desk/proofs/passkeys", staff_setting_up(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("desk/proofs/passkeys/add", staff_setting_up(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "desk/proofs/passkeys/<int:pk>/remove",
        staff_setting_up(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path(
        "desk/proofs/passkeys/<int:pk>/edit",
        staff_setting_up(passkeys.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        "desk/proofs/recovery",
        staff_setting_up(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "desk/proofs/recovery/new",
        staff_setting_up(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "desk/proofs/recovery/file",
        staff_setting_up(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]

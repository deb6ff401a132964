"""The URLs of logging in, one's own account, users, notifications and the audit log. Some names are allauth's."""

from django.urls import path, re_path

from counterfoil.web.accounts import (
    account_views,
    audit_views,
    invitation_views,
    login_views,
    notification_views,
    user_views,
)

urlpatterns = [
    path("notifications/", notification_views.notifications, name="notifications"),
    path("notifications/test/", notification_views.test, name="notification-test"),
    path("notifications/mails/<int:pk>/again/", notification_views.again, name="mail-again"),
    path("account/keys/", account_views.keys, name="account-keys"),
    path("login/", login_views.log_in, name="account_login"),
    path("login/code/", login_views.enter_code, name="mfa_authenticate"),
    path("login/again/", login_views.log_in_again, name="account_reauthenticate"),
    path("login/closed/", login_views.deactivated, name="account_inactive"),
    path("logout/", login_views.log_out, name="logout"),
    path("password/", account_views.Password.as_view(), name="password"),
    path("password/lost/", login_views.password_lost, name="account_reset_password"),
    path("password/lost/sent/", login_views.password_mail_sent, name="account_reset_password_done"),
    path("password/lost/done/", login_views.password_chosen, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/lost/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        login_views.choose_password,
        name="account_reset_password_from_key",
    ),
    path("invitation/", invitation_views.accept, name="invitation-accept"),
    path("invitation/<str:token>/", invitation_views.open_link, name="invitation"),
    path("account/", account_views.show, name="account"),
    path("account/sessions/end/", account_views.end_session, name="sessions-end"),
    path("account/second-factor/", account_views.set_up_second_factor, name="mfa_activate_totp"),
    path("account/second-factor/remove/", account_views.remove_second_factor, name="mfa_deactivate_totp"),
    path("account/recovery-codes/", account_views.recovery_codes, name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new/", account_views.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("people/", user_views.index, name="people"),
    path("people/invite/", user_views.invite_someone, name="person-invite"),
    path("people/invitations/<int:pk>/withdraw/", user_views.withdraw, name="invitation-withdraw"),
    path("people/rules/", user_views.rules, name="people-rules"),
    path("people/let-in/", user_views.let_in, name="people-let-in"),
    path("people/<int:pk>/", user_views.show, name="person"),
    path("people/<int:pk>/change/", user_views.change, name="person-change"),
    path("audit/", audit_views.index, name="audit"),
    path("audit.csv", audit_views.as_file, name="audit-csv"),
]

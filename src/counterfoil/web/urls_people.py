"""The addresses of logging in, of one's own account, of people and of the audit log. Some names are allauth's."""

from django.urls import path, re_path

from counterfoil.web.views import account, audit, invitations, login, people

urlpatterns = [
    path("login/", login.log_in, name="account_login"),
    path("login/code/", login.enter_code, name="mfa_authenticate"),
    path("login/again/", login.log_in_again, name="account_reauthenticate"),
    path("login/closed/", login.deactivated, name="account_inactive"),
    path("logout/", login.log_out, name="logout"),
    path("password/", account.Password.as_view(), name="password"),
    path("password/lost/", login.password_lost, name="account_reset_password"),
    path("password/lost/sent/", login.password_mail_sent, name="account_reset_password_done"),
    path("password/lost/done/", login.password_chosen, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/lost/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        login.choose_password,
        name="account_reset_password_from_key",
    ),
    path("invitation/", invitations.accept, name="invitation-accept"),
    path("invitation/<str:token>/", invitations.open_link, name="invitation"),
    path("account/", account.show, name="account"),
    path("account/sessions/end/", account.end_session, name="sessions-end"),
    path("account/second-factor/", account.set_up_second_factor, name="mfa_activate_totp"),
    path("account/second-factor/remove/", account.remove_second_factor, name="mfa_deactivate_totp"),
    path("account/recovery-codes/", account.recovery_codes, name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new/", account.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("people/", people.index, name="people"),
    path("people/invite/", people.invite_someone, name="person-invite"),
    path("people/invitations/<int:pk>/withdraw/", people.withdraw, name="invitation-withdraw"),
    path("people/rules/", people.rules, name="people-rules"),
    path("people/let-in/", people.let_in, name="people-let-in"),
    path("people/<int:pk>/", people.show, name="person"),
    path("people/<int:pk>/change/", people.change, name="person-change"),
    path("audit/", audit.index, name="audit"),
    path("audit.csv", audit.as_file, name="audit-csv"),
]

"""The URLs of reconciliations."""

from django.urls import path

from counterfoil.web.reconciliation import views

urlpatterns = [
    path("reconciliation/", views.index, name="reconciliations"),
    path("reconciliation/ask/", views.ask, name="reconciliation-ask"),
    path("reconciliation/<int:pk>/", views.show, name="reconciliation"),
    path("reconciliation/<int:pk>/csv/", views.as_csv, name="reconciliation-csv"),
    path("reconciliation/<int:pk>/mend/", views.resolve_all_of, name="reconciliation-mend"),
    path("differences/<int:pk>/mend/", views.resolve_one, name="difference-mend"),
]

"""The URLs of integrations: their settings, mappings, webhooks and the setup wizard."""

from django.urls import path

from counterfoil.web.integrations import (
    field_mapping,
    method_names,
    preview_views,
    settings_views,
    setup_wizard,
    views,
    webhook_views,
)

urlpatterns = [
    path("integrations/", views.index, name="integrations"),
    path("integrations/new/", settings_views.add, name="integration-add"),
    path("integrations/<int:pk>/", views.show, name="integration"),
    path("integrations/<int:pk>/edit/", settings_views.edit, name="integration-edit"),
    path("integrations/<int:pk>/edit/<slug:tab>/", settings_views.edit, name="integration-tab"),
    path("integrations/<int:pk>/work-here/", views.work_on_it_here, name="integration-work-here"),
    path("integrations/<int:pk>/pause/", views.pause, name="integration-pause"),
    path("integrations/<int:pk>/resume/", views.resume, name="integration-resume"),
    path("integrations/<int:pk>/sync/", views.sync, name="integration-sync"),
    path("integrations/<int:pk>/present-statuses/", views.present, name="integration-present"),
    path("hooks/<slug:token>/", webhook_views.receive, name="hooks"),
    path("integrations/guide/", setup_wizard.begin, name="guide"),
    path("integrations/<int:pk>/guide/<slug:name>/", setup_wizard.step, name="guide-step"),
    path("integrations/<int:pk>/lift/", setup_wizard.lift, name="integration-lift"),
    path("integrations/<int:pk>/names/", method_names.names, name="integration-names"),
    path("integrations/<int:pk>/fields/", field_mapping.index, name="integration-fields"),
    path("integrations/<int:pk>/fields/<int:field_pk>/", field_mapping.edit, name="integration-field"),
    path("integrations/<int:pk>/preview/", preview_views.preview, name="integration-preview"),
]

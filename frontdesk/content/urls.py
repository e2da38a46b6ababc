"""The editors' pages."""

from __future__ import annotations

from django.urls import path

from frontdesk.content import (
    answer_views,
    change_views,
    example_views,
    guidance_views,
    kept_test_views,
    question_views,
    release_views,
    sheet_views,
    suggestion_views,
    try_views,
)

QUESTION = "content/questions/<slug:topic>/<slug:name>"

urlpatterns: list[object] = [
    path("content", question_views.overview, name="content"),
    path("content/new", question_views.new, name="content_new"),
    path(QUESTION, question_views.question, name="content_question"),
    path(f"{QUESTION}/answer", answer_views.answer, name="content_answer"),
    path(f"{QUESTION}/examples", example_views.add, name="content_examples_add"),
    path(f"{QUESTION}/examples/change", example_views.change, name="content_example_change"),
    path(f"{QUESTION}/examples/selected", example_views.selected, name="content_examples_selected"),
    path(f"{QUESTION}/move", question_views.move, name="content_question_move"),
    path(f"{QUESTION}/delete", question_views.delete, name="content_question_delete"),
    path("content/changes", change_views.changes, name="content_changes"),
    path("content/changes/<int:change_id>/undo", change_views.undo, name="content_undo"),
    path("content/releases", release_views.releases, name="content_releases"),
    path("content/releases/prepare", release_views.prepare, name="content_release_prepare"),
    path("content/releases/<int:number>", release_views.release, name="content_release"),
    path("content/releases/<int:number>/progress", release_views.progress, name="content_release_progress"),
    path("content/releases/<int:number>/approve", release_views.approve, name="content_release_approve"),
    path("content/releases/<int:number>/live", release_views.go_live, name="content_release_live"),
    path("content/releases/<int:number>/withdraw", release_views.withdraw, name="content_release_withdraw"),
    path("content/releases/<int:number>/back", release_views.back, name="content_release_back"),
    path("content/releases/<int:number>/take", release_views.take, name="content_release_take"),
    path("content/guidance/examples", guidance_views.examples, name="content_guide_examples"),
    path("content/guidance/answer", guidance_views.answer, name="content_guide_answer"),
    path("content/sheets", sheet_views.overview, name="content_sheets"),
    path("content/sheets/export", sheet_views.export, name="content_sheets_export"),
    path("content/sheets/send", sheet_views.send, name="content_sheets_send"),
    path("content/sheets/<str:upload_id>", sheet_views.look, name="content_sheets_plan"),
    path("content/sheets/<str:upload_id>/import", sheet_views.take_in, name="content_sheets_import"),
    path("content/sheets/<str:upload_id>/drop", sheet_views.drop, name="content_sheets_drop"),
    path("content/visitors", suggestion_views.visitors, name="content_visitors"),
    path("content/try", try_views.try_it, name="content_try"),
    path("content/tests", kept_test_views.tests, name="content_tests"),
    path("content/tests/add", kept_test_views.add, name="content_test_add"),
    path("content/tests/delete", kept_test_views.delete, name="content_test_delete"),
    path("content/tests/run", kept_test_views.run, name="content_tests_run"),
]

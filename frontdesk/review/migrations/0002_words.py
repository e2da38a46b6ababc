"""The search index, see `search.py`. What is in it goes with the summary of its conversation, whichever way that is deleted."""

import sqlite3

from django.db import migrations

# Porter's stems: "bruises" finds "bruising". Letters without their accents: "depres" finds "déprès".
# `masked`: without personal details, to be shown; empty where there are none.
TABLE = """CREATE VIRTUAL TABLE review_words USING fts5(
    text, masked UNINDEXED, columnsize=0, tokenize="porter unicode61 remove_diacritics 2")"""
# Newer versions of SQLite take a word out of the index's files at once. Older ones do so when the index is merged: see `Purge`.
SECURE = "INSERT INTO review_words(review_words, rank) VALUES ('secure-delete', 1)"
TAKEN_OUT = """CREATE TRIGGER review_words_go AFTER DELETE ON review_summary BEGIN
    DELETE FROM review_words WHERE rowid BETWEEN OLD.id << 16 AND (OLD.id << 16) + 65535;
    {purge}
END"""
PURGE = "INSERT INTO review_purge(at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'));"


def make(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    schema_editor.execute(TABLE)
    is_secure = sqlite3.sqlite_version_info >= (3, 42)
    if is_secure:
        schema_editor.execute(SECURE)
    schema_editor.execute(TAKEN_OUT.format(purge="" if is_secure else PURGE))


def unmake(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER review_words_go")
        schema_editor.execute("DROP TABLE review_words")


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial")]
    operations = [migrations.RunPython(make, unmake)]

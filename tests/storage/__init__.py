"""Tests of the storage room, on SQLite and a real PostgreSQL, and on a real Valkey."""

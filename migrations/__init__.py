"""Alembic revisions of adplat's database; applied by ``adplat db upgrade``."""

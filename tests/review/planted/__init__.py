"""The planted set: creatives and copies that each break one rule, and good ones; ``python -m tests.review.planted OUT``."""

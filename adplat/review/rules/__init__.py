"""The rules, one a file; each file names its ``RULE``, and the registry finds it."""

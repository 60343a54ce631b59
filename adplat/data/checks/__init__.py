"""The questions a quality report asks of a folder: one question a file, each ``check(source) -> Checked``.

All of them read the same ``CheckSource``: the rows in a DuckDB file that spills to disk, so that memory
stays bounded however large the folder is. A check skips what an earlier one already reported missing.
"""

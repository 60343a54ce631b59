"""Tests of the ctr room; a package, because other rooms have test modules of the same names."""

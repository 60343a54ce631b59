"""Card
This folder: what speaks to the rivals. It runs in *their* environment (``python -m rivals``), never in ours.
May import:  the rivals' packages, torch, numpy.
Must not:    import adplat, or be imported by it: rivals and we are compared from outside, over two pipes.
Called by:   flows/rival_process.py, as a child process.
"""

"""Card
This room:   whether a creative may run at a placement: one rule a file, with evidence and the fix.
May import:  domain, artwork, features; Pillow, NumPy, OCR and classifiers (late).
Must not:    draft or store anything; let a learned score lift a failed rule.
Called by:   flows.
Tests:       tests/review/
"""

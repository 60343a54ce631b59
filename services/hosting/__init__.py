"""Card
This room:   what every service stands on: API keys, logs, jobs, counts, errors, a Ray that leaves nothing.
May import:  adplat.bootstrap and below; Ray, psutil.
Must not:    import a service; know what any of them is for.
Called by:   services/bidding, services/forecasting, services/generation.
Tests:       tests/services/

Nothing is imported here, so that a process asks for one part and gets only that.
"""

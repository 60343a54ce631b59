"""Card
This room:   how adplat is reached: one folder a service, none of which decides anything, over what all stand on
             (``hosting``).
May import:  adplat.bootstrap and below.
Must not:    import one another.
Called by:   the command line, by entry-point name.
Tests:       tests/services/
"""

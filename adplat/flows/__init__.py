"""Card
This room:   one verb a file: the order of steps, nothing else.
May import:  engines, features, data, market, statistics, privacy, domain.
Must not:    import storage; do I/O other than through the ports it is given and the data room.
Called by:   bootstrap, cli, services.
Tests:       tests/flows/
"""

"""Messages of ``services/*/proto``, written by ``make proto``: read the .proto file instead.

They stand with the client because a caller needs them and nothing else; the service takes them from here, so that
both sides of the wire share one description.
"""

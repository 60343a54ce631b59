"""Image and text encoders, one a module; nothing heavy is imported before an encoder is made.

``choice`` names them, ``registry`` makes them, ``protocols`` says what they are.
"""

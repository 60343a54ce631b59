"""Card
This room:   the generation service: creatives drafted from a brief, held drafts decided on, any creative reviewed.
May import:  services.hosting, adplat.bootstrap and below; Ray, Starlette.
Must not:    import another service; be imported by adplat; speak SQL or Redis itself; approve anything by itself.
Called by:   ``adplat serve generation``, by entry-point name.
Tests:       tests/services/generation/, tests/e2e/

Nothing is imported here, so that the command line may ask for one function and get only that.
"""

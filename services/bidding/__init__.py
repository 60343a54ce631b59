"""Card
This room:   the bidding service: ranking, scoring and event recording over HTTP and gRPC. Decides nothing about ads.
May import:  adplat.bootstrap and below; Ray, Starlette, gRPC, psutil.
Must not:    import another service; be imported by adplat; speak SQL or Redis itself.
Called by:   ``adplat serve`` and ``adplat worker``, by entry-point name.
Tests:       tests/services/, tests/e2e/

Nothing is imported here, so that the command line may ask for one function and get only that.
"""

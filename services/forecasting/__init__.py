"""Card
This room:   the forecasting service: what a planned campaign or a new creative will bring. Decides nothing about it.
May import:  services.hosting, adplat.bootstrap and below; Ray, Starlette, gRPC.
Must not:    import another service; be imported by adplat; speak SQL or Redis itself.
Called by:   ``adplat serve forecasting``, by entry-point name.
Tests:       tests/services/forecasting/, tests/e2e/

Nothing is imported here, so that the command line may ask for one function and get only that.
"""

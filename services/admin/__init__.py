"""Card
This room:   the people's side: an API and pages for whoever signs in. Rights and rows are decided below it.
May import:  services.hosting, adplat.bootstrap and below; FastAPI, Jinja, uvicorn.
Must not:    import another service; be imported by adplat; speak SQL or Redis; reach a store not made for a viewer.
Called by:   ``adplat admin`` and ``adplat serve admin``, by entry-point name.
Tests:       tests/services/admin/

Every handler asks ``viewer.require(Right.…)`` first and then reads and writes through ``Asker.seen``, whose stores
know no row of anybody else. Nothing is imported here, so that the command line may ask for one function only.
"""

"""What a review perceives, one sense a file; models are loaded when a sense is first used, with one thread each."""

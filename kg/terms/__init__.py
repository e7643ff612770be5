"""The ontology as documentation, from the files in `ontology/`."""

"""Sources: each module turns one kind of input into quads with their origin."""

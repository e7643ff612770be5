"""`kg publish --site`: the graph as static pages."""

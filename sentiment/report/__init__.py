"""An evaluation as one HTML file that needs nothing else: `page.write` makes it."""

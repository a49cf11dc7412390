"""Renders the book's website from its notebooks where Quarto is not installed, and checks it wherever it is rendered.

The same notebooks, processed by nbdev, and the same `_quarto.yml` give the same pages and links as Quarto gives. What the book may use of
Quarto's dialect is listed in CONTRIBUTING.md; anything else is an error that names the page and the place.
Commands: `python -m site_builder build`, `preview` and `readme`.
"""

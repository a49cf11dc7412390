"Notebooks as a book, before any renderer: chapters and cells, labels and references, claims, glossary, length, errors."

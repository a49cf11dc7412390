"The embedded renderer: makes Quarto's pages from the same processed notebooks where Quarto is not installed."

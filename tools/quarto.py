"Quarto's own release in the environment, through PyPI's quarto-cli, which downloads it from its home."
import subprocess, sys, urllib.request

from .book.errors import BookError

HOME = "https://github.com/quarto-dev/quarto-cli/releases"
INSTEAD = "make book goes on with the book's own renderer"


def install() -> None:
    "Install it; raise BookError with one line where its home cannot be reached, or where that fails."
    try: urllib.request.urlopen(HOME, timeout=10).close()
    except OSError as e: raise BookError(f"Quarto was not installed: its release cannot be downloaded from {HOME} ({e}); {INSTEAD}") from e
    r = subprocess.run([sys.executable, "-m", "pip", "install", "-q", "quarto-cli"])
    if r.returncode: raise BookError(f"Quarto was not installed: pip could not install quarto-cli (see above); {INSTEAD}")
    print("Quarto is installed in the environment: make book uses it")

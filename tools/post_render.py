"Quarto runs this after it has rendered the site (`post-render` in `_quarto.yml`)."
import os, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.book.errors import BookError      # noqa: E402
from tools.checks.verify import check_site     # noqa: E402
from tools.pages.finish import finish         # noqa: E402


def main() -> int:
    "Finish a render of the whole project; a render of one file, such as the readme, needs nothing."
    if not os.environ.get("QUARTO_PROJECT_RENDER_ALL"): return 0
    out = Path(os.environ["QUARTO_PROJECT_OUTPUT_DIR"]).resolve()
    try:
        finish(Path.cwd(), out, ROOT / "nbs", ROOT / "build")
        check_site(out)
    except BookError as e:
        print(e, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__": sys.exit(main())

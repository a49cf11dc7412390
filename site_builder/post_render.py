"Quarto runs this after it has rendered the site (`post-render` in `_quarto.yml`)."
import os, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from site_builder.errors import BookError      # noqa: E402
from site_builder.finish import finish         # noqa: E402


def main() -> int:
    "Finish a render of the whole project; a render of one file, such as the readme, needs nothing."
    if not os.environ.get("QUARTO_PROJECT_RENDER_ALL"): return 0
    try: finish(Path.cwd(), Path(os.environ["QUARTO_PROJECT_OUTPUT_DIR"]).resolve(), ROOT / "nbs", ROOT / "build")
    except BookError as e:
        print(e, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__": sys.exit(main())

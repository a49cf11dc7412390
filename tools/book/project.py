"The settings of the project, read from settings.ini each time: where things are, and where they are published."
import configparser
from dataclasses import dataclass
from pathlib import Path

from .errors import BookError


@dataclass(frozen=True)
class Project:
    "What the commands need to know of settings.ini."
    root: Path              # its folder
    nbs: Path               # folder of the source notebooks
    lib: Path               # folder of the exported package
    docs: Path              # folder of the built site
    cover: str              # file name of the notebook that README.md is made from
    url: str                # address of the published site, ending in a slash; empty while there is none
    flags: frozenset[str]   # directives that mark cells which a test run leaves out
    about: dict[str, str]   # title, description, author and version


def find_project(
    start: Path,  # a folder
) -> Project:
    "The project that a folder belongs to; raise BookError when it belongs to none."
    root = next((p for p in (start.resolve(), *start.resolve().parents) if (p / "settings.ini").is_file()), None)
    if root is None: raise BookError(f"{start} has no settings.ini, nor has a folder above it: run this in the project's folder")
    ini = configparser.ConfigParser(interpolation=None)
    ini.read(root / "settings.ini", encoding="utf-8")
    get = lambda key, default: ini["DEFAULT"].get(key, default).strip()
    host = get("doc_host", "")
    return Project(
        root=root, nbs=root / get("nbs_path", "nbs"), lib=root / get("lib_path", get("lib_name", "")), docs=root / get("doc_path", "_docs"),
        cover=get("readme_nb", "index.ipynb"), url=f"{host}{get('doc_baseurl', '')}".rstrip("/") + "/" if host else "",
        flags=frozenset(get("tst_flags", "").split()), about={k: get(k, "") for k in ("title", "description", "author", "version")})

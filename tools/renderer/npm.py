"Files of a package that npm carries: fetched once, and kept between builds."
import shutil, subprocess, tarfile, tempfile
from pathlib import Path
from typing import Callable


def fetch(
    package: str,  # name@version
    wanted: Callable[[str], str | None],  # name of a file in the package -> its name here; None leaves it out
    folder: Path,  # where they are kept
    without: str,  # what is so where they cannot be had: the end of the one line that says it
    say: Callable[[str], None] = print,
) -> Path | None:  # the folder; None where npm cannot fetch the package
    "The wanted files, all of them or none."
    if folder.is_dir(): return folder
    npm = shutil.which("npm")
    if not npm: return say(f"  {package}: npm is not installed, so {without}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as tmp:
        r = subprocess.run([npm, "pack", package, "--silent"], cwd=tmp, capture_output=True, text=True)
        packs = list(Path(tmp).glob("*.tgz"))
        if r.returncode or not packs: return say(f"  {package}: npm could not fetch it, so {without}")
        part = Path(tmp) / "part"
        with tarfile.open(packs[0]) as tar:
            for member in tar:
                if not (name := wanted(member.name.removeprefix("package/"))): continue
                (part / name).parent.mkdir(parents=True, exist_ok=True)
                (part / name).write_bytes(tar.extractfile(member).read())
        part.rename(folder)
    return folder

"Installs bnbook as `settings.ini` describes it."
import configparser
from pathlib import Path

from setuptools import find_packages, setup

here = Path(__file__).parent
config = configparser.ConfigParser(interpolation=None)
config.read(here / "settings.ini", encoding="utf-8")
cfg = config["DEFAULT"]

statuses = ["1 - Planning", "2 - Pre-Alpha", "3 - Alpha", "4 - Beta", "5 - Production/Stable", "6 - Mature", "7 - Inactive"]
minors = range(int(cfg["min_python"].split(".")[1]), 14)

# Only what there is: a project without a public repository has no address to show.
addresses = {"Source": cfg["git_url"], "Documentation": f"{cfg['doc_host']}{cfg['doc_baseurl']}" if cfg["doc_host"] else ""}
urls = {what: address for what, address in addresses.items() if address} if cfg["git_url"] else {}

setup(
    name=cfg["lib_name"],
    version=cfg["version"],
    description=cfg["description"],
    long_description=(here / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author=cfg["author"],
    author_email=cfg["author_email"] or None,
    url=cfg["git_url"] or None,
    project_urls=urls,
    license="Apache-2.0",
    keywords=cfg["keywords"].split(),
    classifiers=[
        f"Development Status :: {statuses[int(cfg['status']) - 1]}",
        f"Intended Audience :: {cfg['audience']}",
        f"Natural Language :: {cfg['language']}",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ] + [f"Programming Language :: Python :: 3.{m}" for m in minors],
    python_requires=f">={cfg['min_python']}",
    # Naming the root makes an editable install put it on the path, so that tools/ beside the package imports too.
    package_dir={"": "."},
    packages=find_packages(include=["bnbook", "bnbook.*"]),
    package_data={"bnbook": ["*.txt", "py.typed"]},
    install_requires=cfg["requirements"].split(),
    extras_require={"dev": cfg["dev_requirements"].split()},
    entry_points={"console_scripts": cfg.get("console_scripts", "").split(), "nbdev": ["bnbook=bnbook._modidx:d"]},
)

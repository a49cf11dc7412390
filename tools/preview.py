"A server for the site that builds it again when something changes, and makes open pages reload."
import functools, http.server, threading, time
from pathlib import Path

from .build import HERE, build, say
from .book.errors import BookError
from .book.project import find_project

_RELOAD = b"""<script>
(() => {
  let seen = null;
  setInterval(async () => {
    try {
      const now = await (await fetch("/__build", {cache: "no-store"})).text();
      if (seen !== null && now !== seen) location.reload();
      seen = now;
    } catch (e) { /* the server has stopped */ }
  }, 1000);
})();
</script></body>"""


class Handler(http.server.SimpleHTTPRequestHandler):
    "Serves the site, tells the number of the build, and adds to each page the script that reloads it."
    builds = 0

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.is_dir(): path = path / "index.html"
        if self.path == "/__build": self._send(str(Handler.builds).encode(), "text/plain")
        elif path.suffix == ".html" and path.is_file():
            self._send(path.read_bytes().replace(b"</body>", _RELOAD), "text/html; charset=utf-8")
        else: super().do_GET()

    def _send(self, body: bytes, kind: str):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args): pass


def snapshot(
    root: Path,  # the project
) -> dict[str, tuple[int, int]]:  # time and size of each file that the site may depend on
    "What the files looked like, to notice a change."
    files = [root / "settings.ini", root / "_quarto.yml", *find_project(root).nbs.rglob("*"), *HERE.rglob("*")]
    skip = {"__pycache__", ".ipynb_checkpoints", "nbdev.yml", "sidebar.yml"}
    return {str(f): (f.stat().st_mtime_ns, f.stat().st_size) for f in files if f.is_file() and not skip & set(f.parts)}


def preview(
    root: Path,  # the project
    port: int = 4200,  # port to serve on
    host: str = "127.0.0.1",  # address to serve on
) -> None:
    "Build, serve and watch until stopped with Ctrl-C; an error in the book is shown, and the last good site stays up."
    def attempt():
        try: Handler.builds += build(root)
        except BookError as e: say(str(e))
    try: server = http.server.ThreadingHTTPServer((host, port), functools.partial(Handler, directory=str(find_project(root).docs)))
    except OSError as e: raise BookError(f"port {port} cannot be used ({e.strerror}); name another: --port {port + 1}") from e
    seen = snapshot(root)
    attempt()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"Serving at http://{host}:{port} (Ctrl-C stops). Changes to the notebooks are built as you save them.")
    try:
        while True:
            time.sleep(1)
            if (now := snapshot(root)) != seen:
                changed = sorted({k for k in {*now, *seen} if now.get(k) != seen.get(k)})
                say(f"\nChanged: {', '.join(Path(c).name for c in changed[:4])}")
                seen = now
                attempt()
    except KeyboardInterrupt: server.shutdown()

"""nginx before two web hosts, as docs/scaling.md has it."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.browser import free_port

CONFIGURATION = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    {temporary}
    upstream web {{ {servers} }}
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 12m;
        location / {{
            proxy_pass http://web;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_connect_timeout 2s;
            proxy_read_timeout 20s;
        }}
        error_page 502 504 =503 @away;
        location @away {{
            default_type "text/plain; charset=utf-8";
            return 503 "服务器暂时没有应答，这一步可能没有完成。请先查找这一户，看是否已办成。";
        }}
    }}
}}
"""
FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def in_front_of(addresses: Sequence[str], folder: Path) -> Iterator[int]:
    """Serve what the web hosts serve; the port."""
    port = free_port()
    file = folder / "nginx.conf"
    servers = " ".join(f"server {address} max_fails=1 fail_timeout=5s;" for address in addresses)
    temporary = " ".join(f"{name}_temp_path {folder}/nginx-{name};" for name in FOLDERS)
    file.write_text(CONFIGURATION.format(folder=folder, servers=servers, temporary=temporary, port=port))
    nginx = subprocess.Popen([shutil.which("nginx", path="/usr/sbin:/usr/bin") or "nginx", "-c", str(file)])
    try:
        yield port
    finally:
        nginx.terminate()
        nginx.wait(timeout=20)

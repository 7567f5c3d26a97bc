"""The browser of the tests: where it is, how it is had, and the fonts it draws Chinese with.

`python -m tests.browser_setup` has one ready: CANBAO_CHROMIUM, one on the PATH, Debian's package, Playwright's own.
"""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

from config.places import STATE_DIR

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
APT = ["apt-get", "-o", "DPkg::Lock::Timeout=120", "-qq"]
FONT_CONFIGURATION = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <match target="pattern">
    <test name="family"><string>sans-serif</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Noto Sans SC</string></edit>
  </match>
  <match target="pattern">
    <test name="family"><string>serif</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Noto Serif SC</string></edit>
  </match>
</fontconfig>
"""


class NoBrowserError(Exception):
    """No browser is here and none could be had; the text says what to do."""


def find_browser() -> str | None:
    """Find a Chromium: the one named by CANBAO_CHROMIUM, one on the PATH, or Playwright's own."""
    named = os.environ.get("CANBAO_CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise NoBrowserError(f"CANBAO_CHROMIUM 所指的 {named} 不能执行。 CANBAO_CHROMIUM names no program.")
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _playwrights_own()


def font_configuration() -> Path:
    """Write a fontconfig file that draws Chinese with the packaged Noto fonts, whatever the system has."""
    spec = find_spec("pylopdf_fonts_zh_cn")
    if spec is None or spec.origin is None:
        raise NoBrowserError("缺少字体包 pylopdf-fonts-zh-cn，请先运行 make test。 The font package is missing.")
    folder = STATE_DIR / "fontconfig"
    folder.mkdir(parents=True, exist_ok=True)
    fonts, cache = Path(spec.origin).parent, folder / "cache"
    path = folder / "fonts.conf"
    path.write_text(FONT_CONFIGURATION.format(fonts=escape(str(fonts)), cache=escape(str(cache))))
    return path


def set_up() -> str:
    """Have a browser: find one, or install one as the machine allows."""
    if found := find_browser():
        return found
    for install in (_install_debian_package, _install_playwrights_own):
        install()
        if found := find_browser():
            return found
    raise NoBrowserError(
        "没有可用的 Chromium 浏览器，也未能安装；请安装 chromium（Debian：apt-get install chromium），"
        "或在 CANBAO_CHROMIUM 中写明其路径。"
        " No Chromium was found or could be installed: install one, or name it in CANBAO_CHROMIUM."
    )


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.access(path, os.X_OK) else None


def _install_debian_package() -> None:
    if not shutil.which("apt-get"):
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not (shutil.which("sudo") and subprocess.run([*as_root, "true"], check=False).returncode == 0):
        return
    print("正在安装 chromium（Debian 软件包）… Installing Debian's chromium …", flush=True)
    environment = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", *APT]
    subprocess.run([*environment, "update"], stdin=subprocess.DEVNULL, check=False)
    package = ["install", "-y", "--no-install-recommends", "chromium"]
    subprocess.run([*environment, *package], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


def _install_playwrights_own() -> None:
    print("正在安装 Playwright 的 chromium… Installing Playwright's chromium …", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    try:
        print(set_up())
    except NoBrowserError as error:
        sys.exit(str(error))

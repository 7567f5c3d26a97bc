# `make run` and `make test` set up whatever they need; `make help` lists the rest. Paths are relative: the checkout may
# lie in a folder with spaces in its name.
PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -qq --no-input

.PHONY: help run setup test faults load bench check lock clean-data

help:
	@echo "make run         set up and serve on http://127.0.0.1:8000 (see README.md for CANBAO_PORT, DATABASE_URL)"
	@echo "make setup       the same without serving"
	@echo "make test        set up a browser and run all tests"
	@echo "make faults      kill, fill, cut and deceive what runs, at full size; figures go to docs/faults.md"
	@echo "make load        20 clerks over HTTP on 300,000 residents (PERSONS=…): p95 of find, preview, pay"
	@echo "make bench       measure bulk work against peers in scratch databases (SIZE=full: at full size)"
	@echo "make check       format, lint, layers, types, templates, migrations"
	@echo "make lock        pin requirements*.txt to requirements*.in (UPGRADE=--upgrade: to the newest releases)"
	@echo "make clean-data  delete the embedded databases and all else that was generated; asks first"

run: .venv/run.stamp
	@$(PY) -m config.run

setup: .venv/run.stamp
	@$(PY) -m config.run --set-up-only

test: .venv/dev.stamp
	@$(PY) -m tests.browser_setup
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

faults: .venv/dev.stamp
	@$(PY) -m tests.browser_setup
	@$(PY) -m pytest -s tests/faults --full

load: .venv/dev.stamp
	@$(PY) -m bench full pages --persons $(or $(PERSONS),300000)

bench: .venv/bench.stamp
	@$(PY) -m bench $(or $(SIZE),small)

check: .venv/dev.stamp
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	.venv/bin/lint-imports
	$(PY) -m mypy
	$(PY) -m djlint --lint --quiet templates
	$(PY) manage.py check
	$(PY) manage.py makemigrations --check --dry-run

lock: .venv/run.stamp
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/python -m pip --quiet install uv
	@for name in requirements requirements-dev requirements-bench; do \
	  .venv/lock/bin/uv pip compile --quiet $(UPGRADE) --python-version 3.11 --universal --generate-hashes \
	    --no-emit-index-url --no-header -o $$name.txt $$name.in || exit 1; done

clean-data: .venv/run.stamp
	@$(PY) -m config.clean

# The application's own dependencies; `make run` needs no more.
.venv/run.stamp: requirements.txt | .venv/bin/pip
	@echo "正在安装依赖… Installing dependencies …"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp
	@echo "正在安装测试所需的依赖… Installing what the tests need …"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

.venv/bench.stamp: requirements-bench.txt .venv/dev.stamp
	@echo "正在安装测速时用来比较的软件… Installing what the bench compares with …"
	@$(PIP) install --require-hashes -r requirements-bench.txt
	@touch $@

# Debian keeps a part of Python's venv in a package of its own. Root gets it installed, others are told.
.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "需要 Python 3.11 或更高版本；可用 make PYTHON=… 指定。 Python 3.11 or newer is needed; name it: make PYTHON=…" >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	  echo "正在安装 python3-venv… Installing Debian's python3-venv …" && apt-get -qq update && \
	  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends python3-venv >/dev/null; } || { \
	  echo "缺少 Python 的 venv 模块，请先安装：apt-get install python3-venv。 Install python3-venv first." >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { \
	  echo "虚拟环境 .venv 建不成，原因见上；请确认当前用户对本目录有写权限。 .venv could not be made; see above." >&2; exit 1; }

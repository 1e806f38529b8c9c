# Two commands: `make run` and `make test`. README spells both out for those without make.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN = .venv/bin
# Two workers for each core, because browser tests mostly wait. A worker that is ready takes tests from the others.
WORKERS = $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')
PYTEST = $(BIN)/pytest -n $(WORKERS) --dist worksteal

# The tests start some hundred processes: without compiled files each would compile the whole package again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test quick tests quick-tests lint style types contracts templates format lock messages fonts pictures

run: .venv/run
	$(BIN)/openspace run --host $(HOST) --port $(PORT) $(ARGS)

# Everything, or a part of the tests: make test ARGS=tests/access, make test ARGS="-k swap"
test: .venv/test
	$(BIN)/python tests/browser.py
	@$(MAKE) -j 2 tests lint

tests:
	$(PYTEST) $(ARGS)

# The linters, and beside them every short test that needs neither a browser nor PostgreSQL.
quick: .venv/test
	@$(MAKE) -j 2 quick-tests lint

quick-tests:
	$(PYTEST) -m "not system and not postgresql and not long" $(ARGS)

lint: style types contracts templates

style: .venv/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/test
	$(BIN)/mypy

contracts: .venv/test
	$(BIN)/lint-imports

templates: .venv/test
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/djangofmt --check templates

format: .venv/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djangofmt templates

# After changing install_requires, and now and then: what the image installs, each file with its hash. It needs uv.
lock:
	printf 'setuptools>=77\n' | uv pip compile setup.cfg - --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.lock

# After changing a text: collects it for the translators. Nothing needs compiling.
messages: .venv/test
	mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k _l --no-location --sort-output -o build/messages.pot .
	for language in uk de ru; do \
	  $(BIN)/pybabel -q update -i build/messages.pot -d openspace/translations -l $$language --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap; \
	done

# After changing a unicode-range in static/css/fonts.css: cuts the fonts anew out of the published ones, and those for
# PDF files. It needs npm.
FONTS = @fontsource-variable/onest@5.3.1 @fontsource/noto-emoji@5.3.2 dejavu-fonts-ttf@2.37.3
fonts: .venv/test
	mkdir -p build
	for package in $(FONTS); do \
	  mkdir -p "build/fonts/$${package%@*}"; \
	  npm pack --silent --pack-destination build/fonts $$package | xargs -I FILE tar -xzf build/fonts/FILE -C "build/fonts/$${package%@*}"; \
	done
	$(BIN)/python tools/cut_fonts.py build/fonts/@fontsource-variable/onest/package/files
	$(BIN)/python tools/cut_print_fonts.py build/fonts/@fontsource-variable/onest/package/files \
	  build/fonts/dejavu-fonts-ttf/package/ttf build/fonts/@fontsource/noto-emoji/package/files

# After changing how a page looks that the organisers' guide shows: draws its pictures anew, from the demo.
pictures: .venv/test
	$(BIN)/python tests/browser.py
	$(BIN)/python tools/draw_guide.py

.venv/run: setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e .
	touch .venv/run

.venv/test: setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e '.[test]'
	touch .venv/run .venv/test

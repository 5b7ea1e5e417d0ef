# Every target works on a fresh machine: it makes .venv and installs what is missing.
# Another Python:      make test PYTHON=python3.12
# torch without CUDA:  make test PIP_ARGS='--extra-index-url https://download.pytorch.org/whl/cpu'

PYTHON ?= python3
PIP_ARGS ?=
BIN := .venv/bin
SESSION ?= 06_optimizers
REPOSITORY ?=
BRANCH ?= main
BOOK_ARGS ?=

.PHONY: help run test test-notebooks lab book doctor build check benchmarks clean

help:
	@echo "make run     execute the lecture of session 6 and grade a sample class"
	@echo "make test    style, unit tests, every notebook, lectures twice"
	@echo "make lab     open JupyterLab at the welcome page"
	@echo "make book    build the book into build/book/site; REPOSITORY=https://... adds links to Binder and Colab"
	@echo "make doctor  look for what is missing on this machine"
	@echo "make build   cut exercises, fill quotes, renew public answers"
	@echo "make check   prove that build has nothing to do and every question does its work"

# The sample class is ours, so it may run where nothing keeps student code in: on macOS, for example.
run: .venv/installed
	$(BIN)/course run $(SESSION) -o build/lectures
	$(BIN)/python tests/sample_class.py build/sample_class
	rm -rf build/grades
	$(BIN)/course grade $(SESSION) build/sample_class -o build/grades --timeout 10 --min-isolation 0

test: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadgroup
	$(MAKE) test-notebooks

# Stored outputs are a contract: on one thread of a processor with fewer instructions, and for the lectures, which
# train, on all threads of this one too.
test-notebooks: .venv/installed
	OMP_NUM_THREADS=1 ATEN_CPU_CAPABILITY=default $(BIN)/pytest -q --nbval lectures solutions -p no:warnings -n 2 --dist loadfile
	$(BIN)/pytest -q --nbval lectures -p no:warnings

lab: .venv/installed
	$(BIN)/course lab

doctor: .venv/installed
	$(BIN)/course doctor

book: .venv/installed
	$(BIN)/course book $(if $(REPOSITORY),--repository '$(REPOSITORY)' --branch '$(BRANCH)') $(BOOK_ARGS)

build: .venv/installed
	$(BIN)/course build

check: .venv/installed
	$(BIN)/course check

benchmarks: .venv/installed
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

clean:
	rm -rf build runs grades

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet $(PIP_ARGS) -e '.[dev,book]'
	touch $@

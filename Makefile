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

.PHONY: help run test test-all style units notebooks nightly notebooks-again lab book doctor build check benchmarks clean

help:
	@echo "make run       execute the lecture of session 6 and grade a sample class"
	@echo "make test      what a change must pass: style, unit tests, course check, notebooks"
	@echo "make test-all  all that, and what waits for the night: see CONTRIBUTING.md"
	@echo "make lab       open JupyterLab at the welcome page"
	@echo "make book      build the book into build/book/site; REPOSITORY=https://... adds links to Binder and Colab"
	@echo "make doctor    look for what is missing on this machine"
	@echo "make build     cut exercises, fill quotes, renew public answers"
	@echo "make check     prove that build has nothing to do and every question does its work"

# The sample class is ours, so it may run where nothing keeps student code in: on macOS, for example. Four of
# its files are no notebooks: exit code 1, somebody has to look.
run: .venv/installed
	$(BIN)/course run $(SESSION) -o build/lectures
	$(BIN)/python tests/sample_class.py build/sample_class
	rm -rf build/grades
	$(BIN)/course grade $(SESSION) build/sample_class -o build/grades --timeout 10 --min-isolation 0 || [ $$? = 1 ]

test: style units check notebooks

test-all: test nightly notebooks-again

style: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

units: .venv/dev
	$(BIN)/pytest -n 2 -p no:nbval

# All cells but the questions of solutions: `make check` answers them, and compares their cards.
notebooks: .venv/dev
	$(BIN)/pytest --nbval -n 2 -m 'not in_course_check'

nightly: .venv/dev
	$(BIN)/pytest --all -m nightly -n 2

# Every cell, in kernels as people have them. Stored outputs hold on a processor with fewer instructions too, and
# with as many threads as there are processors.
notebooks-again: .venv/dev
	ATEN_CPU_CAPABILITY=default $(BIN)/pytest --nbval --all -n 2
	OMP_NUM_THREADS=$$(nproc) $(BIN)/pytest --nbval --all lectures

lab: .venv/installed
	$(BIN)/course lab

doctor: .venv/installed
	$(BIN)/course doctor

book: .venv/book
	$(BIN)/course book $(if $(REPOSITORY),--repository '$(REPOSITORY)' --branch '$(BRANCH)') $(BOOK_ARGS)

build: .venv/installed
	$(BIN)/course build

check: .venv/installed
	$(BIN)/course check

benchmarks: .venv/dev
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

clean:
	rm -rf build runs grades

# Nothing is compiled ahead of its first use: most of it never is used.
.venv/installed: pyproject.toml setup.py
	@echo "Installing the course into .venv: with PyTorch about 6 GB and some minutes, once."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --no-compile --quiet $(PIP_ARGS) -e '.[grading]'
	touch $@

.venv/dev: .venv/installed
	@echo "Installing what the tests need."
	$(BIN)/python -m pip install --no-compile --quiet $(PIP_ARGS) -e '.[dev]'
	touch $@

.venv/book: .venv/installed
	@echo "Installing what the book needs."
	$(BIN)/python -m pip install --no-compile --quiet $(PIP_ARGS) -e '.[book]'
	touch $@

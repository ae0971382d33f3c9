# `make example` and `make test` do all the set-up that they need, below .venv/.

PYTHONS := $(shell .ci/pythons)
VERSIONS := $(foreach each,$(PYTHONS),$(firstword $(subst =, ,$(each))))
NEWEST := $(lastword $(VERSIONS))
ifeq ($(VERSIONS),)
$(error Python 3.10 or later with venv and pip is needed, and was not found)
endif

# Each process would compile the package and the tests anew, which doubles the time of the suite
unexport PYTHONDONTWRITEBYTECODE

.PHONY: example test environments docs bench lint screenshots stub clean
.PRECIOUS: .venv/%/installed

example: .venv/$(NEWEST)/installed  ## the fixture at work, with the real SDK
	.venv/$(NEWEST)/bin/python -m pytest examples -v -n 0 -p no:randomly

test: environments lint $(VERSIONS:%=test-%)  ## the suite on every Python that is installed

environments:  ## a virtual environment for each Python, at the same time
	$(MAKE) --jobs --no-print-directory $(VERSIONS:%=.venv/%/installed)

# Tests with the mark `newest` depend little on the version, and need all groups
test-%: .venv/%/installed
	.venv/$*/bin/python -m pytest $(if $(filter $*,$(NEWEST)),,-m "not newest")

docs: .venv/$(NEWEST)/installed  ## the pages, in docs/_build
	.venv/$(NEWEST)/bin/python -m sphinx -W --keep-going -q docs docs/_build

bench: .venv/$(NEWEST)/installed .venv/bench-aiohttp .venv/bench-node  ## speed, beside a floor and peers
	.venv/$(NEWEST)/bin/python -m benchmarks --docs docs/explanation

# aioresponses does not work with later ones
.venv/bench-aiohttp: | .venv/$(NEWEST)/installed
	.venv/$(NEWEST)/bin/python -m pip install --quiet --no-deps --target $@ 'aiohttp<3.14'

# Prism is optional; later versions need a newer node
.venv/bench-node:
	npm install --silent --no-audit --no-fund --prefix $@ @stoplight/prism-cli@5.14.2 || true

lint: .venv/$(NEWEST)/installed
	.venv/$(NEWEST)/bin/ruff check
	.venv/$(NEWEST)/bin/ruff format --check
	.venv/$(NEWEST)/bin/mypy

screenshots: .venv/$(NEWEST)/installed  ## the images in docs/images
	SCREENSHOTS=docs/images .venv/$(NEWEST)/bin/python -m pytest -n 0 -q -p no:randomly tests -k screenshot

stub: .venv/$(NEWEST)/installed  ## what type checkers are told of the resources
	.venv/$(NEWEST)/bin/python tests/stub.py

.venv/%/installed: pyproject.toml
	$(patsubst $*=%,%,$(filter $*=%,$(PYTHONS))) -m venv --clear .venv/$*
	.venv/$*/bin/python -m pip install --quiet --upgrade pip
	.venv/$*/bin/python -m pip install --quiet --group dev $(if $(filter $*,$(NEWEST)),--group docs --group bench --group browser --group offline) --editable .
	touch $@

clean:
	rm -rf .venv dist docs/_build

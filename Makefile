# `make help` lists the commands. Everything they need is installed by tools/setup when it is missing.
SHELL := /bin/sh
.DEFAULT_GOAL := help
BIN := .venv/assistant/bin
DESK := .venv/frontdesk/bin
PORT ?= 5005
DESK_TESTS := -c frontdesk/pyproject.toml --rootdir=.

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install what is missing
	@tools/setup assistant
	@tools/setup frontdesk

.PHONY: train
train: setup ## Train, if the data or the configuration changed
	@$(BIN)/python -m assistant.training

.PHONY: run
run: setup ## Start front desk, assistant and worker (the first time trained), say where they are
	@$(DESK)/python -m frontdesk.supervisor

.PHONY: assistant
assistant: setup ## Train if need be, start the assistant alone, say where it listens
	@$(BIN)/python -m assistant.training || true
	@$(BIN)/python -m assistant.server --port $(PORT)

.PHONY: chat
chat: setup ## Talk to the assistant in this terminal
	@$(BIN)/python -m assistant.training || true
	@$(BIN)/python -m assistant.chat

.PHONY: test
test: setup lint ## Run every check and test
	@$(BIN)/python -m assistant.training
	@$(BIN)/rasa data validate --fail-on-warnings
	@$(BIN)/python -m pytest
	@tools/setup browser
	@$(DESK)/python -m pytest $(DESK_TESTS) frontdesk
	@$(DESK)/python -m pytest $(DESK_TESTS) --confcutdir=tests/browser tests/browser
	@$(DESK)/python -m pytest $(DESK_TESTS) --confcutdir=tests/faults tests/faults

.PHONY: lint
lint: setup ## Check style and types
	@.tools/bin/ruff check --quiet .
	@.tools/bin/ruff format --check --quiet .
	@$(BIN)/python -m mypy
	@$(DESK)/python -m mypy --config-file frontdesk/pyproject.toml
	@$(DESK)/python -m frontdesk check --fail-level WARNING
	@$(DESK)/python -m frontdesk makemigrations --check --dry-run -v 0

.PHONY: format
format: setup ## Put the code into its format
	@.tools/bin/ruff check --fix --quiet .
	@.tools/bin/ruff format --quiet .

.PHONY: check
check: setup ## Check what stands in data/ as a release is checked; nothing goes live
	@$(DESK)/python -m frontdesk check_content

.PHONY: release
release: setup ## Check what stands in data/ and make it live (WHY="…", BY=<user>, APPROVED_BY=<clinician>)
	@$(DESK)/python -m frontdesk release --why "$(WHY)" --by "$(BY)" --approved-by "$(APPROVED_BY)"

.PHONY: rollback
rollback: setup ## Give visitors the release before again, or another (TO=<number>)
	@$(DESK)/python -m frontdesk rollback $(TO)

.PHONY: threshold
threshold: setup ## Choose the answer threshold by cross-validation on the training data
	@$(BIN)/python tools/choose_threshold.py

.PHONY: likeness
likeness: setup ## Measure from which likeness on messages that were not understood are one group
	@$(BIN)/python -m tools.choose_likeness

.PHONY: correct-words
correct-words: setup ## Write anew which words are no misspelling of a safety rule's word (needs Debian's wbritish and wamerican)
	@$(BIN)/python tools/correct_words.py /usr/share/dict/british-english /usr/share/dict/american-english

.PHONY: bench
bench: train ## Measure, beside Rasa's default pipeline in its own environment
	@tools/setup rasa-default
	@$(BIN)/python tools/bench.py

.PHONY: bench-safety
bench-safety: train ## Measure what reaches a person, and write docs/safety/evaluation.md
	@$(BIN)/python tools/bench_safety.py

.PHONY: bench-frontdesk
bench-frontdesk: train ## Measure the whole, beside the bare assistant and Rasa's REST channel, and write docs/bench-frontdesk.md
	@tools/setup browser
	@tools/setup rasa-default
	@$(BIN)/python tools/bench_frontdesk.py

.PHONY: bench-desk
bench-desk: setup ## Measure the desk's pages on a million messages, and write docs/bench-desk.md
	@$(BIN)/python tools/bench_desk.py

.PHONY: bench-release
bench-release: setup ## Measure a release and the way back, beside visitors, and write docs/bench-release.md
	@tools/setup rasa-default
	@$(BIN)/python tools/bench_release.py

.PHONY: screenshots
screenshots: train ## Make the pictures of the README and the guides from the running program
	@tools/setup browser
	@$(DESK)/python -m tools.screenshots

.PHONY: encoder
encoder: ## Make models/encoder/ from the published weights and data/ (half an hour)
	@tools/setup encoder
	@.venv/encoder/bin/python -m tools.export_encoder

.PHONY: tensorflow
tensorflow: setup ## Install TensorFlow into the assistant's environment, for components that need it
	@.tools/bin/uv pip install --quiet --python $(BIN)/python "tensorflow==2.12.0" "tensorflow-text==2.12.0" "tensorflow-hub==0.13.0" "numpy<1.24"

.PHONY: lock
lock: ## Lock the dependencies anew
	@tools/setup tools
	@tools/lock

# The commands of Éclosion; the logic stands in tools/*.py. Python 3.11 or newer and make are enough to begin.
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help run test check bench load demo messages

help: ## Say what each command does
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: ## Start the whole site with its demonstration (PORT=8000 HOST=127.0.0.1); Ctrl-C stops it
	@exec $(PYTHON) tools/run.py

demo: ## Start the demonstration's data again
	@exec $(PYTHON) tools/demo.py

test: ## Run every test, on SQLite and on PostgreSQL where one answers
	@exec $(PYTHON) tools/test.py

check: ## Run the gates beside the tests: style, templates, migrations, settings, catalogues, demonstration
	@exec $(PYTHON) tools/check.py

bench: ## Measure the pages under load of rows, on PostgreSQL; writes var/bench.json
	@exec $(PYTHON) tools/bench.py

load: ## Press the site: 200 people writing, 200 jurors marking, the database struck down; writes var/load.json
	@exec $(PYTHON) tools/load.py

messages: ## Regenerate the French catalogue and say what has no French yet
	@exec $(PYTHON) tools/messages.py

# Every target does all of its own set-up; a fresh machine needs Python 3.11 and pip only.
PYTHON ?= python3
QY = .venv/bin/qingyuan

.PHONY: demo test lint docs setup setup-dev lock clean durability fuzz bench prove-trace prove-penalty prove-draw prove-walks prove-sync
demo: setup          ## a simulated province on this machine; Ctrl-C ends it
	$(QY) demo

test: setup-dev      ## the whole suite
	.venv/bin/python tests/run_all.py

lint: setup-dev      ## style, types, import contracts, the rule book
	.venv/bin/ruff check src tests bench fuzz deploy
	.venv/bin/mypy -p qingyuan.law -p qingyuan.engines
	.venv/bin/lint-imports
	$(QY) law lint

setup:
	$(PYTHON) deploy/setup.py

setup-dev:
	$(PYTHON) deploy/setup.py --dev

lock:                ## recompile the hash-pinned requirements
	cd deploy && ../.venv/bin/uv pip compile -q --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11 requirements-dev.in -o requirements-dev.txt
	cd deploy && ../.venv/bin/uv pip compile -q --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11 -c requirements-dev.txt requirements.in -o requirements.txt

fuzz: setup-dev      ## ten million mutated HJ 212 inputs: nothing raised, no byte lost (a quarter of an hour)
	.venv/bin/python fuzz/hj212_stream.py --inputs 10000000 --seed 2026 --columnar 200

prove-penalty: setup-dev  ## a million random penalty inputs: never outside the law, monotone in gravity
	.venv/bin/python -m pytest -m slow src/qingyuan/law/penalty/tests/test_random.py

prove-walks: setup-dev ## long random walks over the real actions of a case
	.venv/bin/python -m pytest -m slow src/qingyuan/records/cases/tests/test_walks.py

prove-sync: setup-dev ## thousands of random days of field devices: no answer lost, none merged in silence
	.venv/bin/python -m pytest -m slow src/qingyuan/records/inspections/tests/test_sync_schedules.py
	.venv/bin/python -m pytest -m slow tests/e2e/test_field_calculator.py

prove-draw: setup-dev ## hundreds of thousands of draws against chi-square
	.venv/bin/python -m pytest -m slow src/qingyuan/engines/draw

bench: setup-dev     ## the benchmarks of docs/benchmarks.md
	$(QY) bench sense_codec --batch 20
	$(QY) bench gateway_ack
	$(QY) bench store_lake
	$(QY) bench judge_rules
	$(QY) bench judge_peers
	$(QY) bench gateway_herd

durability: setup-dev          ## kill -9, full disk, torn write, bit flip: acknowledged-but-lost must be 0
	.venv/bin/python tests/durability/run.py

clean:
	rm -rf .venv var

docs: setup-dev      ## write the generated pages again
	PYTHONPATH=src .venv/bin/python docs/generate.py
	$(QY) law docs
	.venv/bin/python -m qingyuan.engines.judge.catalogue > docs/rules.md

prove-trace: setup-dev   ## how often a planted source is among the first three candidates, 200 worlds each
	.venv/bin/python -m qingyuan.engines.trace.tests.rate 200

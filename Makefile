# gridmap. `make run` and `make test` work from a bare checkout; `make help` lists the rest.
PORT ?= 8000
HOST ?= 127.0.0.1
GRIDMAP := .venv/bin/gridmap
.DEFAULT_GOAL := help
.PHONY: help run install test soak bench lock clean

help: ## 列出命令 / list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run: ## 启动:安装所缺、建库、载入示范市场与豫园、嘉善、打开服务 / set up what is missing and serve
	@scripts/setup.sh run
	@$(GRIDMAP) db upgrade
	@$(GRIDMAP) place load demo yuyuan jiashan
	@exec $(GRIDMAP) serve --host $(HOST) --port $(PORT)

install: ## 只安装,不运行 / only the set-up
	@scripts/setup.sh run
	@scripts/kernels.sh

test: ## 全部检查与测试 / lint, types, contracts, tests on both databases, client and browser tests
	@scripts/setup.sh test
	@scripts/test.sh

bench: ## 与同类工具对比,全部或 ARGS="nearest --place C" 等一项 / benchmarks against peers, all or one
	@scripts/setup.sh test
	@scripts/bench.sh $(ARGS)

soak: ## 长时间测试:并发、故障、深度接口测试、外部软件 / the long tests; SOAK=0.1 for a tenth of them
	@scripts/setup.sh test
	@scripts/soak.sh

lock: ## 更新锁定的依赖 / renew the hashed locks
	@scripts/setup.sh test
	@scripts/lock.sh

clean: ## 删除安装与构建结果,保留数据 / remove what was installed and built, keep the data
	rm -rf .venv .venv-bench maps/node_modules gridmap/web

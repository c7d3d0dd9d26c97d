# The SAFi bot in two stages: one installs, the other holds Python, the bot and what they need to run.
# Python 3.11 is what the tests run on.

FROM python:3.11-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_SYSTEM_CERTS=1 VIRTUAL_ENV=/venv
WORKDIR /source
COPY pyproject.toml constraints.txt ./
RUN pip install --no-cache-dir --constraint constraints.txt uv && python -m venv --without-pip "$VIRTUAL_ENV"
RUN uv pip install --no-cache --constraints constraints.txt --extra embedded --requirements pyproject.toml
COPY README.md LICENSE ./
COPY safi safi
COPY adapters adapters
COPY bot bot
RUN uv pip install --no-cache --no-deps .

FROM python:3.11-slim-bookworm
# The practice model computes with libgomp. Debian keeps only the newest version of a package, so none can be pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /data safi
COPY --from=build /venv /venv
ENV PATH="/venv/bin:$PATH" PYTHONUNBUFFERED=1
USER 10001
# Both config.toml and the bot's memory are looked for here.
WORKDIR /data
VOLUME /data
# The container ends with its process; what this adds is that the bot on this disk can still be loaded and started.
HEALTHCHECK --interval=5m --timeout=30s CMD ["safi-bot", "--version"]
ENTRYPOINT ["safi-bot"]
CMD ["chat"]

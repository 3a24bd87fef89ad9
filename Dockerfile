# For machines on which the rule engine cannot be compiled:
#
#   docker build -t dottedline .
#   docker run --rm -it -v "$PWD:/data" dottedline consult company.yaml

FROM python:3.12-slim AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/dottedline
COPY . /src
RUN /opt/dottedline/bin/pip install --no-cache-dir /src

FROM python:3.12-slim
COPY --from=build /opt/dottedline /opt/dottedline
ENV PATH="/opt/dottedline/bin:$PATH"
# Fails the build, not the first use, where the engine does not load.
RUN dottedline --version && echo '{}' | dottedline consult - > /dev/null
RUN useradd --create-home dottedline
USER dottedline
WORKDIR /data
ENTRYPOINT ["dottedline"]
CMD ["--help"]

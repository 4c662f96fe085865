# Engram in a container, for a CPU or for CUDA:
#   docker build --target cpu -t engram:cpu .        docker build --target cuda -t engram:cuda .
#   docker run --rm -v "$PWD/results:/work/results" engram:cpu
#   docker run --rm --gpus all -v ~/data:/data:ro -v "$PWD/results:/work/results" engram:cuda -d OTB100 --data-root /data
FROM python:3.11.13-slim-bookworm AS base
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1 ENGRAM_CACHE=/work/.cache
# What `pip` builds from and what it installs is copied; .dockerignore keeps data, results and environments out.
COPY . /engram
WORKDIR /work
RUN useradd --create-home --uid 1000 engram && chown engram:engram /work

FROM base AS cuda
RUN pip install -c /engram/constraints.txt /engram
USER 1000
ENTRYPOINT ["run_bench"]

FROM base AS cpu
# torch without CUDA, of the version that is pinned
RUN pip install --extra-index-url https://download.pytorch.org/whl/cpu -c /engram/constraints.txt \
    "torch==$(sed -n 's/^torch==//p' /engram/constraints.txt)+cpu" /engram
USER 1000
ENTRYPOINT ["run_bench"]

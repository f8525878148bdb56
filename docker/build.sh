#!/bin/sh
# Builds the image yunwang:VERSION with Docker or podman. Further arguments go to the builder, for example
#   --build-arg BASE=registry.example/python:3.12-slim-bookworm    the base image from a registry of your own
#   --secret id=pip_conf,src=/etc/pip.conf                         your pip settings; they stay out of the image
#   --secret id=build_ca,src=ca.crt                                authorities, for `cert = /run/secrets/build_ca` there
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
if docker version >/dev/null 2>&1; then
    export DOCKER_BUILDKIT=1
    set -- docker build "$@"
elif command -v podman >/dev/null; then
    set -- podman build --format docker "$@"
else
    echo "需要正在运行的 Docker，或 podman / a running Docker, or podman, is needed: apt-get install podman" >&2
    exit 2
fi
exec "$@" --file docker/Containerfile --tag "yunwang:$version" .

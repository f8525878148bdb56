#!/bin/sh
# engine.sh root          builds, once, the root file system that holds a Docker engine with Compose: $YUNWANG_LAB_CACHE/engine
# engine.sh run PROJECT CGROUP [DOCKERD OPTIONS]
#                         runs dockerd in it until it is told to stop; PROJECT is seen inside as /project, read-only.
# Every mount is the engine's own and vanishes with it. A chroot would not do: containers are entered through the mount
# namespace's real root, which would then still be the machine's.
set -eu
cache=${YUNWANG_LAB_CACHE:?}
root=$cache/engine

case $1 in
root)
    [ ! -x "$root/usr/sbin/dockerd" ] || exit 0
    rm -rf "$root" "$root.new"
    mmdebstrap --quiet --variant=minbase --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --include=docker.io,docker-cli,docker-compose,docker-buildx,iptables,ca-certificates,iproute2,procps \
        trixie "$root.new"
    mkdir -p "$root.new/project" "$root.new/handed" "$root.new/old"
    mv "$root.new" "$root"
    ;;
run)
    project=$2 cgroup=$3
    shift 3
    cd "$root"
    mount --bind . . && cd "$root"
    mount -t proc proc proc
    mount --rbind /sys sys
    mount --rbind /dev dev
    mount -t tmpfs tmpfs run
    mount --bind "$project" project
    mount -o remount,bind,ro project
    mkdir -p run/lock
    cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/
    cp /etc/resolv.conf etc/resolv.conf
    ip link set lo up
    pivot_root . old
    umount -l /old
    cd /
    rm -f var/run/docker.pid
    exec dockerd --host=unix:///run/docker.sock --exec-opt=native.cgroupdriver=cgroupfs --cgroup-parent="/$cgroup" \
        --storage-driver=overlay2 --log-level=warn "$@"
    ;;
esac

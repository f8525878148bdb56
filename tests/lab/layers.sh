#!/bin/sh
# layers.sh LAYER...  builds root file systems under $YUNWANG_LAB_CACHE, one directory per overlay layer.
#   base    Debian with systemd, sshd and Python: the new host is nothing more
#   web     over base: Apache, PHP, MediaWiki and PostgreSQL; its .deb files become the packages the new host may install
#   wiki    over web: the old system with its content, made by MediaWiki's own command line
#   front   over base: HAProxy
# A layer is made in NAME.new and renamed when it is whole, so that a broken build leaves nothing that looks finished.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${YUNWANG_LAB_CACHE:?}
mkdir -p "$cache" && cd "$cache"

base() {
    mkdir base.new
    mmdebstrap --quiet --variant=minbase --include="$(tr '\n' ',' < "$here/packages.base")" bookworm base.new.tar
    tar -C base.new -xf base.new.tar
    rm base.new.tar
    echo force-unsafe-io > base.new/etc/dpkg/dpkg.cfg.d/lab
    printf 'APT::Install-Recommends "0";\nAcquire::Languages "none";\n' > base.new/etc/apt/apt.conf.d/lab
    rm -rf base.new/var/lib/apt/lists/* base.new/var/cache/apt/*.bin base.new/etc/ssh/ssh_host_*
}

# inside NAME LOWER[:LOWER] SCRIPT: run a script as root in a throw-away view of the stack; what it writes is the new layer
inside() {
    mkdir -p "$1.new" "$1.work" "$1.root" debs
    LAYER=$1 LOWER=$2 SCRIPT=$3 unshare --mount --pid --fork --kill-child --propagation private sh -euc '
        mount -t overlay lab -o "lowerdir=$LOWER,upperdir=$LAYER.new,workdir=$LAYER.work" "$LAYER.root"
        cd "$LAYER.root"
        mount -t proc proc proc; mount --rbind /dev dev; mount -t tmpfs tmpfs run; mount -t tmpfs tmpfs tmp
        mkdir -p run/lock; cp "$SCRIPT" tmp/build; cp /etc/resolv.conf etc/resolv.conf
        printf "#!/bin/sh\nexit 101\n" > usr/sbin/policy-rc.d; chmod 755 usr/sbin/policy-rc.d
        DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 chroot . sh -eu /tmp/build
        find var/cache/apt/archives -name "*.deb" -exec mv {} ../debs/ \;
        rm -rf usr/sbin/policy-rc.d etc/resolv.conf var/lib/apt/lists/* var/cache/apt/*.bin'
    rm -rf "$1.work" "$1.root"
}

installed() { # NAME LOWERS: a layer that only adds packages
    printf 'apt-get -q update\napt-get -qy install %s\n' "$(tr '\n' ' ' < "$here/packages.$1")" > "$1.script"
    inside "$1" "$2" "$PWD/$1.script"
    rm "$1.script"
}

for layer; do
    [ ! -d "$layer" ] || continue
    rm -rf "$layer.new" "$layer.work" "$layer.root"
    case $layer in
        base) base ;;
        web) installed web base ;;
        front) installed front base ;;
        wiki) inside wiki web:base "$here/wiki.sh" ;;
    esac
    mv "$layer.new" "$layer"
done

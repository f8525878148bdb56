#!/bin/sh
# machine.sh NAME NAMESPACE LOWER[:LOWER] DIRECTORY  boots one systemd machine over an overlay and stays in the foreground.
# The mounts live in a mount namespace of this process alone, so nothing is left to unmount when it dies.
set -eu
name=$1 namespace=$2 lower=$3 directory=$4
root=$directory/root
mkdir -p "$directory/upper" "$directory/work" "$root"
mount -t overlay lab -o "lowerdir=$lower,upperdir=$directory/upper,workdir=$directory/work" "$root"
cp -a "$directory/seed/." "$root/"
chown -R 0:0 "$root/root" "$root/etc/ssh" "$root/etc/sudoers.d"
chroot "$root" useradd -m -s /bin/bash deploy
install -d -m 0700 -o 1000 -g 1000 "$root/home/deploy/.ssh"
install -m 0600 -o 1000 -g 1000 "$root/root/.ssh/authorized_keys" "$root/home/deploy/.ssh/authorized_keys"
: > "$root/etc/machine-id"
for unit in console-getty.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
exec systemd-nspawn --quiet --directory="$root" --machine="$namespace" --hostname="$name" \
    --register=no --keep-unit --network-namespace-path="/run/netns/$namespace" --console=pipe --boot

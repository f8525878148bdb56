#!/bin/sh
# The Debian packages that the live tests start. Root installs what is missing; anybody else is told, once.
set -eu
wanted="snmpd snmp prometheus prometheus-alertmanager chromium fonts-noto-cjk mmdebstrap openssh-client openssh-server \
iproute2 rsync systemd-container curl util-linux dpkg postgresql"
missing=""
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing for the live tests:$missing"
    apt-get update -qq
    # No daemon may start by itself: the tests start their own.
    printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d.yunwang
    chmod 755 /usr/sbin/policy-rc.d.yunwang
    [ -e /usr/sbin/policy-rc.d ] || { cp /usr/sbin/policy-rc.d.yunwang /usr/sbin/policy-rc.d; ours=1; }
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    [ -z "${ours:-}" ] || rm -f /usr/sbin/policy-rc.d
    rm -f /usr/sbin/policy-rc.d.yunwang
else
    echo "这些软件包缺失，相应的实机测试将跳过 / missing, so the live tests that need them are skipped:$missing"
    echo "  sudo apt-get install$missing"
fi

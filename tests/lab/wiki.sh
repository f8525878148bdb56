# Runs inside the old host's file system while it is built: installs the wiki by its own command line and fills it.
# Everything in it is sample data (示例数据).
maintenance=/usr/share/mediawiki/maintenance
pg_ctlcluster 15 main start
as_postgres() { runuser -u postgres -- psql -q -v ON_ERROR_STOP=1 "$@"; }
as_postgres -c "CREATE ROLE wiki LOGIN PASSWORD 'example-wiki-password'" -c 'CREATE DATABASE wiki OWNER wiki'

php $maintenance/install.php --confpath /etc/mediawiki --dbtype postgres --dbserver localhost --dbname wiki --dbuser wiki \
    --dbpass example-wiki-password --installdbuser wiki --installdbpass example-wiki-password --lang zh-hans \
    --server http://wiki.example.test --scriptpath /mediawiki --pass 'example-admin-password' 示例数据维基 管理员
ln -sf /etc/mediawiki/LocalSettings.php /var/lib/mediawiki/LocalSettings.php
cat >> /etc/mediawiki/LocalSettings.php <<'PHP'
$wgEnableUploads = true;
$wgMainCacheType = CACHE_ACCEL;
$wgSessionCacheType = CACHE_DB;
$wgJobRunRate = 0;
PHP
chown root:www-data /etc/mediawiki/LocalSettings.php
chmod 0640 /etc/mediawiki/LocalSettings.php

for n in $(seq 1 20); do
    printf '这是示例数据。第%s号办事指南：所需材料、办理时限与收费标准。\n' "$n" |
        php $maintenance/edit.php --user 管理员 --summary 示例数据 "办事指南$n"
done
mkdir /tmp/pictures
for n in 1 2 3; do
    find /usr/share/mediawiki/resources/assets -name '*.png' | sort | sed -n "${n}p" | xargs -I{} cp {} "/tmp/pictures/示例图片$n.png"
done
php $maintenance/importImages.php --user 管理员 --comment 示例数据 /tmp/pictures
php $maintenance/runJobs.php
mkdir -p /var/lib/mediawiki/images/cache && echo scratch > /var/lib/mediawiki/images/cache/scratch
chown -R www-data:www-data /var/lib/mediawiki/images/
printf '17 3 * * * www-data php %s/runJobs.php --maxjobs 10 >/dev/null 2>&1\n' $maintenance > /etc/cron.d/wiki-jobs
a2enconf mediawiki
pg_ctlcluster 15 main stop

#!/usr/bin/env bash
# exfat-fuse 1.3.0 (Debian 1.3.0+git20220115-2) and git 2.47.3: on an exFAT disk, `git add` does not add a file that was
# replaced by another one of the same size and time.
#
# exFAT stores no time of change (ctime), so the driver reports the time of modification in its place, which programs
# set as they like: `touch` sets both. A file that is replaced by `cp -p` from a copy with the same size and time, such
# as another version from a backup, also keeps its inode number. Nothing that git compares differs then, so it shows a
# clean work tree, and `git add` adds nothing. On a disk with times of change, such as ext4, the same steps are noticed.
# It needs root, for a loop device.
set -euo pipefail
folder=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
device=
leave() {
    cd /
    umount "$folder/disk" 2>/dev/null || true
    [ -z "$device" ] || losetup -d "$device"
    rm -rf "$folder"
}
trap leave EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download exfat-fuse=1.3.0+git20220115-2 exfatprogs=1.2.0-1+deb12u1
for package in ./*.deb; do dpkg -x "$package" root; done
git --version

# Adds a file, replaces it, and prints what git and the times of the file show, in the current folder.
observe() {
    git init --quiet .
    head -c 4096 /dev/zero > tile.raw
    touch -d '2001-09-09 01:46:40 UTC' tile.raw
    git add tile.raw
    tr '\0' x < tile.raw > "$folder/other.raw"
    touch -r tile.raw "$folder/other.raw"
    # git compares whole seconds.
    sleep 1.1
    cp -p "$folder/other.raw" tile.raw
    git add tile.raw
    local changed same=no
    changed=$(stat -c %Z tile.raw)
    [ "$(git ls-files --stage tile.raw | cut -d' ' -f2)" != "$(git hash-object tile.raw)" ] || same=yes
    echo "$1: ctime is mtime: $([ "$changed" = 1000000000 ] && echo yes || echo no); the index has the content: $same"
}

truncate -s 16M image
root/usr/sbin/mkfs.exfat image > /dev/null
device=$(losetup -f --show image)
mkdir disk here
root/sbin/mount.exfat-fuse "$device" disk > /dev/null
(cd disk && observe exFAT) | tee seen
(cd here && observe "another disk") | tee -a seen
diff seen - <<'END'
exFAT: ctime is mtime: yes; the index has the content: no
another disk: ctime is mtime: no; the index has the content: yes
END

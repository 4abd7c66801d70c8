#!/usr/bin/env bash
# git 2.47.3 and NumPy 2.4.6 on Linux: `git status` does not notice a file that was changed through a memory map.
#
# A program maps a file, changes it, and changes it again a few seconds later. Between the two changes the file is
# added. The second change does not touch the times of the file, because the system still has the first one to write to
# the disk, and does not touch them later either. So git, which compares size and times, shows a clean work tree, and
# `git add` adds nothing, although the file is not what the index has. NumPy's `memmap` writes like this. A copy of the
# file has other times, and is noticed.
set -euo pipefail
folder=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages numpy==2.4.6
git --version
cat > observe.py <<'END'
import subprocess
import time

import numpy


def git(*arguments):
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()


git("init", "--quiet")
numpy.zeros(4096, dtype="<i2").tofile("samples.raw")
samples = numpy.memmap("samples.raw", dtype="<i2", mode="r+")
samples[0] = 1
time.sleep(2.5)
git("add", "samples.raw")
time.sleep(1.5)
samples[1] = 1
for what in ("changed", "changed and flushed"):
    git("add", "samples.raw")
    same = git("ls-files", "--stage", "samples.raw").split()[1] == git("hash-object", "samples.raw")
    print(f"{what}: status {git('status', '--short', 'samples.raw')!r}, the index has the content: {same}")
    samples.flush()
    time.sleep(0.1)
git("rm", "--quiet", "--cached", "samples.raw")
git("add", "samples.raw")
print("added again:", git("ls-files", "--stage", "samples.raw").split()[1] == git("hash-object", "samples.raw"))
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
changed: status 'A  samples.raw', the index has the content: False
changed and flushed: status 'A  samples.raw', the index has the content: False
added again: True
END

#!/usr/bin/env bash
# samplerate 0.2.4 (libsamplerate): two of its methods delay a sound by a frame, even if the rate stays the same.
#
# Zero-order hold and linear interpolation are the methods for the sound of old machines. The first frame comes out
# twice and the last one is missing, so that everything is one frame of the source later, and a loop that is declared in
# frames does not fit any more. The sinc methods keep the place.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" samplerate==0.2.4 numpy==2.3.5
cat > observe.py <<'END'
import importlib.metadata

import numpy
import samplerate

print("samplerate", importlib.metadata.version("samplerate"))
sound = numpy.array(range(10, 110, 10), dtype=numpy.float32)
for method in ("zero_order_hold", "linear"):
    print(f"{method}, same rate: {samplerate.resample(sound, 1.0, method).tolist()}")
click = numpy.zeros(1000, dtype=numpy.float32)
click[500] = 1
for method in ("zero_order_hold", "linear", "sinc_best"):
    for ratio in (2, 4):
        resampled = samplerate.resample(click, ratio, method)
        print(f"{method}, {ratio} times: click at {500 * ratio} became {int(numpy.abs(resampled).argmax())}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
samplerate 0.2.4
zero_order_hold, same rate: [10.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0]
linear, same rate: [10.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0]
zero_order_hold, 2 times: click at 1000 became 1002
zero_order_hold, 4 times: click at 2000 became 2004
linear, 2 times: click at 1000 became 1002
linear, 4 times: click at 2000 became 2004
sinc_best, 2 times: click at 1000 became 1000
sinc_best, 4 times: click at 2000 became 2000
END

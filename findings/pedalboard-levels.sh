#!/usr/bin/env bash
# pedalboard 0.9.26: `Bitcrush` keeps a bit too many, and two effects make sounds louder.
#
# A sound of 4 bits has 16 levels, and one of 8 bits 256. `Bitcrush` leaves 33 and 513, so that such a sound is changed
# again when it is saved with 8 bits. `Reverb` with only the dry sound (`wet_level=0`, `dry_level=1`) doubles it, which
# clips. `Limiter` raises what is far below its threshold, here by 14 dB.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" pedalboard==0.9.26 numpy==2.2.6
cat > observe.py <<'END'
import numpy
import pedalboard

print("pedalboard", pedalboard.__version__)
rising = numpy.linspace(-1, 1, 10001, dtype="float32")
for bits in (2, 4, 8):
    levels = numpy.unique(pedalboard.Bitcrush(bit_depth=bits)(rising, 22050))
    print(f"Bitcrush(bit_depth={bits}): {len(levels)} levels, expected {2 ** bits}")
soft = (0.05 * numpy.sin(numpy.linspace(0, 3000, 22050))).astype("float32")
for name, effect in (
    ("Gain(0)", pedalboard.Gain(0)),
    ("Reverb(wet_level=0, dry_level=1)", pedalboard.Reverb(wet_level=0, dry_level=1)),
    ("Limiter(threshold_db=-10)", pedalboard.Limiter(threshold_db=-10)),
):
    print(f"{name}: a tone up to {soft.max():.3f} became one up to {effect(soft, 22050)[5000:].max():.3f}")
END
PYTHONPATH=packages python3 observe.py | tee seen
diff seen - <<'END'
pedalboard 0.9.26
Bitcrush(bit_depth=2): 9 levels, expected 4
Bitcrush(bit_depth=4): 33 levels, expected 16
Bitcrush(bit_depth=8): 513 levels, expected 256
Gain(0): a tone up to 0.050 became one up to 0.050
Reverb(wet_level=0, dry_level=1): a tone up to 0.050 became one up to 0.100
Limiter(threshold_db=-10): a tone up to 0.050 became one up to 0.243
END

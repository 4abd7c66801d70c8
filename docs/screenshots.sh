#!/usr/bin/env bash
# Takes screenshots of the running workbench: `docs/screenshots.sh FOLDER [SCENE...]`.
#
# It builds the window, opens it on its own display (Xvfb) with copies of the demos, controls it only with keys, and
# writes FOLDER/SCENE-THEME-SIZE.png: every scene, dark and light, at 1280x800 and 1920x1080. With SCENEs it writes only
# those. It installs nothing, but lists what is missing. It needs no real display and no graphics card. A complete run
# takes several minutes.
set -euo pipefail

usage="usage: docs/screenshots.sh FOLDER [SCENE...]"
[ $# -ge 1 ] && [ "${1#-}" = "$1" ] || {
    echo "$usage" >&2
    exit 2
}
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
wanted=" $* "
cd "$(dirname "$(readlink -f "$0")")/.."

type -P cargo >/dev/null || {
    echo "cargo is missing: install Rust with rustup, https://rustup.rs" >&2
    exit 2
}
missing=()
# ImageMagick contains `import` and `convert`.
for tool in Xvfb:xvfb xdotool:xdotool import:imagemagick; do
    type -P "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
done
# The driver that draws without a graphics card.
[ -n "$(find /usr/share/vulkan/icd.d /etc/vulkan/icd.d -name '*.json' 2>/dev/null)" ] || missing+=(mesa-vulkan-drivers)
if [ ${#missing[@]} -gt 0 ]; then
    echo "missing Debian packages: ${missing[*]}" >&2
    exit 2
fi

cargo build --release
target=$(cargo metadata --no-deps --format-version 1 | grep -o '"target_directory":"[^"]*"' | cut -d '"' -f 4)
workbench=$target/release/prometeu-workbench

work=$(mktemp -d)
server=
window=
finish() {
    [ -z "$window" ] || kill "$window" 2>/dev/null || true
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

# Waits until a command succeeds, at most a minute.
until_true() {
    local try
    for try in $(seq 600); do
        "$@" && return 0
        sleep 0.1
    done
    echo "gave up after a minute: $*" >&2
    return 1
}

# Starts the window with a path in $work. Of its settings, only the theme is preset.
start() {
    local theme=$1 size=$2 path=$3
    local width=${size%x*} height=${size#*x}
    rm -rf "$work/home" "$work/display"
    # The file in which the window stores its settings.
    mkdir -p "$work/home/data/prometeuassetworkbench"
    printf '{"settings": "(theme:%s)"}' "$theme" >"$work/home/data/prometeuassetworkbench/app.ron"
    # The server chooses a free display and writes its number to this file.
    Xvfb -displayfd 3 -screen 0 "${size}x24" -nolisten tcp 3>"$work/display" >/dev/null 2>&1 &
    server=$!
    until_true test -s "$work/display"
    DISPLAY=:$(cat "$work/display")
    export DISPLAY
    (
        cd "$work"
        unset WAYLAND_DISPLAY WAYLAND_SOCKET
        export HOME=$work/home XDG_DATA_HOME=$work/home/data XDG_RUNTIME_DIR=$work/home WINIT_X11_SCALE_FACTOR=1
        exec "$workbench" "$path"
    ) >/dev/null 2>"$work/log" &
    window=$!
    until_true find_window
    xdotool mousemove "$width" "$height" windowmove "$id" 0 0 windowsize "$id" "$width" "$height" windowfocus "$id"
    until_true is_as_large "$width" "$height"
    wait_until_still
}

find_window() {
    kill -0 "$window" 2>/dev/null || {
        cat "$work/log" >&2
        exit 1
    }
    id=$(xdotool search --onlyvisible --name workbench 2>/dev/null | head -n 1) && [ -n "$id" ]
}

is_as_large() {
    local found
    found=$(xdotool getwindowgeometry --shell "$id")
    [[ $found == *"WIDTH=$1"$'\n'"HEIGHT=$2"* ]]
}

stop() {
    kill "$window" 2>/dev/null || true
    wait "$window" 2>/dev/null || true
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    window=
    server=
}

take() { import -silent -window root -strip -define png:exclude-chunks=date,time "$1"; }

# Waits until three screenshots in a row are equal. It gives up after 20, because a cursor may blink.
wait_until_still() {
    local same=0 try
    take "$work/before.ppm"
    for try in $(seq 20); do
        sleep 0.15
        take "$work/now.ppm"
        if cmp -s "$work/before.ppm" "$work/now.ppm"; then
            same=$((same + 1))
            [ $same -lt 2 ] || return 0
        else
            same=0
            mv "$work/now.ppm" "$work/before.ppm"
        fi
    done
}

# Presses keys, one after the other.
press() {
    local key
    for key in "$@"; do
        xdotool key "$key"
        sleep 0.05
    done
    wait_until_still
}

write() {
    xdotool type --delay 20 "$1"
    wait_until_still
}

# Finds an asset by typing, selects it, and clears the search.
choose() {
    press ctrl+f
    write "$1"
    press Down Up Home
    press ctrl+f ctrl+a BackSpace
    press F6
}

shot() {
    [ "$wanted" = "  " ] || [[ $wanted == *" $1 "* ]] || return 0
    wait_until_still
    take "$out/$1-$theme_name-$size.png"
    echo "$out/$1-$theme_name-$size.png"
}

# Copies the demos to short names, so that the window shows short paths.
copies() {
    rm -rf "$work/lantern" "$work/snuffed"
    local demo
    for demo in lantern snuffed; do
        mkdir -p "$work/$demo"
        cp -R "assets-demo/$demo/assets" "$work/$demo/assets"
    done
}

scenes() {
    copies
    start "$theme" "$size" lantern
    shot console
    press ctrl+i
    shot ids
    press ctrl+i ctrl+2
    shot compare
    press ctrl+3
    shot tile
    press ctrl+4
    shot palettes
    press ctrl+5
    shot asset-json
    press ctrl+6
    shot overview
    press ctrl+7
    shot files
    press ctrl+8
    shot animations
    press ctrl+t
    shot cut
    press ctrl+1
    choose terrain
    shot terrain
    press ctrl+k
    shot commands
    press Escape
    choose effects
    shot sounds
    press ctrl+f
    write "no such asset"
    shot no-match
    press ctrl+a BackSpace
    press ctrl+p
    until_true test -s "$work/lantern/build/assets.pa"
    shot packed
    press ctrl+w
    shot start
    stop

    start "$theme" "$size" lantern/build/assets.pa
    shot opened-pack
    stop

    # Saves an image with a slightly wrong orange while the window is open.
    rm -r "$work/lantern/build"
    start "$theme" "$size" lantern
    local lampkin=$work/lantern/assets/characters/lamps/lampkin.png
    convert "$lampkin" -fill '#ff9639' -opaque '#f79639' "$work/saved.png"
    mv "$work/saved.png" "$lampkin"
    wait_until_still
    press F8
    shot near-miss
    press ctrl+2
    shot near-miss-compare
    press ctrl+p
    shot blocked
    stop

    start "$theme" "$size" snuffed
    shot snuffed
    press F8
    shot problem
    stop

    start "$theme" "$size" nowhere
    shot refused
    stop
}

for size in 1280x800 1920x1080; do
    for theme in Dark Light; do
        theme_name=${theme,,}
        scenes
    done
done

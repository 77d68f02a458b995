#!/usr/bin/env bash
# Every check of the repository, from any folder, on a machine that has cargo and Python 3 and nothing else.
#
#   bash tests/run.sh
#
# Each step prints a line with its wall time; the first failure ends the run. What the machine cannot do (a missing
# rustfmt, a target that is not installed) is skipped with a line that says so. NumPy, which many tests compare with,
# is installed once into target/venv. PYTHON names another interpreter than python3.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python="${PYTHON:-python3}"
target="${CARGO_TARGET_DIR:-target}"
mkdir -p "$target"
target="$(cd "$target" && pwd)"
venv="$target/venv"

# The version that the expectations were written against, and the range that a Python without it may use.
numpy_wanted='numpy==2.4.6'
numpy_range='numpy>=2.2,<2.6'

# NVIDIA's compiler for GPUs and what reads its code; neither needs a GPU.
cuda_wanted=(nvidia-cuda-nvrtc==13.5.37 nvidia-cuda-nvdisasm==13.5.37 nvidia-cuda-cuobjdump==13.5.37)

# A C++ compiler for machines that have none, with which kernels for GPUs run on the processor.
cpp_wanted=(ziglang==0.17.1)

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

# ── Steps ──────────────────────────────────────────────────────────────────────────────────────────────────────────

# step NAME COMMAND…: runs the command and says how long it took.
step() {
    local name="$1" start="$SECONDS" status=0
    shift
    printf '==> %s\n' "$name"
    "$@" || status=$?
    if [ "$status" -ne 0 ]; then
        printf '==> %s: FAILED with status %d after %d s\n' "$name" "$status" "$((SECONDS - start))" >&2
        exit 1
    fi
    printf '==> %s: ok, %d s\n' "$name" "$((SECONDS - start))"
}

# What the machine could not do, repeated at the end.
skips="$scratch/skips"
touch "$skips"

skip() {
    printf '==> %s: skipped, %s\n' "$1" "$2" | tee -a "$skips"
}

# The tests, and what they say that they left out.
tests() {
    local status=0
    { cargo test --workspace 2>&1 >&3 | tee "$scratch/test.log" >&2; } 3>&1 || status=$?
    sed -n 's/.*skipped: /==> test: skipped, /p' "$scratch/test.log" | sort -u >>"$skips"
    return "$status"
}

has_component() {
    cargo "$1" --version >/dev/null 2>&1
}

# The standard library of a target: there, or fetched where rustup is the one that installs.
has_target() {
    local libraries
    libraries="$(rustc --print target-libdir --target "$1" 2>/dev/null)" || return
    [ -d "$libraries" ] || timeout 120 rustup target add "$1" >/dev/null 2>&1
    [ -d "$libraries" ]
}

# ── NumPy ──────────────────────────────────────────────────────────────────────────────────────────────────────────

# pip_install COMMAND…: gives the command (a pip install) the wanted NumPy, or else one of the range.
pip_install() {
    "$@" "$numpy_wanted" 2>"$scratch/pip.log" || "$@" "$numpy_range" 2>"$scratch/pip.log"
}

# A virtual environment; or, where Python comes without ensurepip, a folder of packages and a script that knows it.
# Steps run where errexit is off, hence the explicit returns.
make_venv() {
    local quiet=(--quiet --disable-pip-version-check --only-binary=:all:)
    rm -rf "$venv"
    if "$python" -m venv "$venv" >/dev/null 2>&1; then
        pip_install "$venv/bin/python" -m pip install "${quiet[@]}" && return
    fi
    rm -rf "$venv"
    mkdir -p "$venv/bin" || return
    pip_install "$python" -m pip install "${quiet[@]}" --target "$venv/packages" || return
    printf '#!/usr/bin/env bash\nPYTHONPATH=%q exec %q "$@"\n' "$venv/packages" "$(command -v "$python")" >"$venv/bin/python"
    chmod +x "$venv/bin/python"
}

# Keeps the environment of an earlier run if it was made for the same NumPy and Python.
numpy() {
    local made_for made_before
    command -v "$python" >/dev/null || { echo "no $python found: install Python 3.10 or newer" >&2; return 1; }
    made_for="$numpy_wanted $numpy_range $("$python" -VV)"
    made_before="$(cat "$venv/made-for" 2>/dev/null)"
    if [ "$made_before" != "$made_for" ] || ! "$venv/bin/python" -c 'import numpy' 2>/dev/null; then
        make_venv || { cat "$scratch/pip.log" >&2; echo "NumPy could not be installed" >&2; return 1; }
        printf '%s\n' "$made_for" >"$venv/made-for"
    fi
    "$venv/bin/python" -c 'import numpy, sys; print("NumPy", numpy.__version__, "on Python", sys.version.split()[0])'
}

# beside_numpy NAME PACKAGE…: packages beside NumPy, kept from an earlier run if they are the same.
beside_numpy() {
    local quiet=(--quiet --disable-pip-version-check --only-binary=:all:) name="$1" install
    shift
    [ "$(cat "$venv/$name-made-for" 2>/dev/null)" = "$*" ] && return
    if [ -d "$venv/packages" ]; then
        install=("$python" -m pip install "${quiet[@]}" --target "$venv/packages")
    else
        install=("$venv/bin/python" -m pip install "${quiet[@]}")
    fi
    "${install[@]}" "$@" 2>"$scratch/pip.log" || return
    printf '%s\n' "$*" >"$venv/$name-made-for"
}

# NVIDIA's compiler.
cuda_tools() {
    beside_numpy cuda "${cuda_wanted[@]}"
}

# The machine's own compiler of C++, if it knows half precision, or one from PyPI.
cpp_compiler() {
    local compiler
    for compiler in c++ g++ clang++; do
        printf '_Float16 half;' | "$compiler" -std=c++17 -fsyntax-only -x c++ - 2>/dev/null && return
    done
    beside_numpy cpp "${cpp_wanted[@]}"
}

# ── The picture ────────────────────────────────────────────────────────────────────────────────────────────────────

# The example of the README, on the photograph that the repository ships; a PNG must come of it.
quickstart() {
    local result="$scratch/quickstart.png"
    cargo run --release --example quickstart -- examples/data/photo.jpg "$result" | tee "$scratch/said" || return
    grep -q 'largest difference.*: 0$' "$scratch/said" || { echo "fused and one by one differ" >&2; return 1; }
    [ "$(head -c 4 "$result" | tail -c 3)" = PNG ] || { echo "quickstart wrote no PNG" >&2; return 1; }
    # A picture that is cut off, one that is none, and one that is not there: a sentence and exit code 1 each.
    head -c 3000 examples/data/photo.jpg >"$scratch/cut.jpg"
    echo 'no picture' >"$scratch/none.png"
    local bad status
    for bad in cut.jpg none.png missing.png; do
        status=0
        cargo run --release --quiet --example quickstart -- "$scratch/$bad" "$result" 2>"$scratch/said" || status=$?
        cat "$scratch/said"
        [ "$status" = 1 ] || { echo "quickstart took $bad for a picture" >&2; return 1; }
        [ "$(wc -l <"$scratch/said")" = 1 ] || { echo "quickstart said more than a sentence of $bad" >&2; return 1; }
    done
}

# ── NumPy's functions ──────────────────────────────────────────────────────────────────────────────────────────────

# Which of them there are: the last line of the table says how many.
coverage() {
    cargo run --release --example coverage >"$scratch/said" || return
    tail -n 1 "$scratch/said"
    grep -q '^tier 1: [0-9]*/[0-9]*, tier 2: [0-9]*/[0-9]*$' "$scratch/said"
}

# ── The run ────────────────────────────────────────────────────────────────────────────────────────────────────────

step 'numpy' numpy
export NUMFUSE_PYTHON="$venv/bin/python"
cuda_tools || skip 'machine code for GPUs' 'its compiler cannot be had'
cpp_compiler || skip 'a processor in place of a GPU' 'there is no C++ compiler, and none to be had'

if has_component fmt; then
    step 'format' cargo fmt --all -- --check
else
    skip 'format' 'rustfmt is not installed'
fi

if has_component clippy; then
    step 'clippy' cargo clippy --workspace --all-targets -- -D warnings
else
    skip 'clippy' 'clippy is not installed'
fi

step 'test' tests
step 'doc' env RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps
step 'quickstart' quickstart
step 'coverage' coverage

for triple in x86_64-pc-windows-gnu aarch64-unknown-linux-gnu aarch64-apple-darwin; do
    if has_target "$triple"; then
        step "check $triple" cargo check --workspace --target "$triple"
    else
        skip "check $triple" 'its standard library is neither here nor to be had'
    fi
done

if [ -s "$skips" ]; then
    printf '==> left out on this machine:\n'
    cat "$skips"
fi
printf '==> all passed, %d s\n' "$SECONDS"

# What demo.sh and test.sh share: a Python environment in the project's folder .venv with automl installed in it.
# Read it with `.` from a script that has set `project` to the project's folder; then call `prepare`.
# shellcheck shell=sh

environment="${project:?}/.venv"
python="$environment/bin/python"

# prepare REQUIREMENT: make the environment where it is missing, and install '.' or '.[test]' into it.
# Run again, it only checks.
prepare() {
    export PIP_DISABLE_PIP_VERSION_CHECK=1
    # Without a home folder to write to, pip does without its cache.
    [ -w "${HOME:-}" ] || export PIP_NO_CACHE_DIR=1
    make_environment
    install_requirement "$1"
    require_openmp
}

make_environment() {
    if is_new_enough "$python" && "$python" -m pip --version >/dev/null 2>&1; then
        return
    fi
    if ! base=$(find_python); then
        install_debian_package python3 "Python 3.11 or newer is not installed."
        base=$(find_python) || fail "Python 3.11 or newer is needed, and this system offers an older one." \
            "Install Python 3.11 so that 'python3.11' is on the PATH, and run this again."
    fi
    # Debian keeps what makes an environment in a package of its own.
    if ! "$base" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        install_debian_package "$("$base" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" \
            "$base cannot make environments: its venv module is not installed."
    fi
    say "Making the environment $environment with $base"
    "$base" -m venv --clear "$environment"
}

find_python() {
    for name in python3.11 python3.12 python3.13 python3; do
        if is_new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

install_requirement() {
    state="$1 in $project $(cksum <"$project/pyproject.toml")"
    if grep -qxF "$state" "$environment/installed" 2>/dev/null; then
        return
    fi
    say "Installing automl and its libraries into $environment (a few minutes the first time)"
    quiet=--quiet
    if [ -t 2 ]; then quiet=; fi
    (cd "$project" && "$python" -m pip install $quiet --editable "$1") >&2 || fail "pip could not install automl." \
        "The lines above say why; with a network connection and about 2 GB of free disk, run this again."
    printf '%s\n' "$state" >>"$environment/installed"
}

# LightGBM loads the compiler's OpenMP library from the system.
require_openmp() {
    [ "$(uname -s)" = Linux ] || return 0
    "$python" -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null ||
        install_debian_package libgomp1 "LightGBM needs the OpenMP library libgomp.so.1, which is not installed."
}

# install_debian_package PACKAGE REASON: install it where we may; else say what to type, and stop.
install_debian_package() {
    command -v apt-get >/dev/null 2>&1 || fail "$2" "Install your system's counterpart of Debian's package $1, and run this again."
    [ "$(id -u)" -eq 0 ] || fail "$2" "Type 'sudo apt-get install $1', and run this again."
    say "$2 Installing Debian's package $1"
    {
        DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
            DEBIAN_FRONTEND=noninteractive apt-get install -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends "$1"
    } >&2 || fail "apt-get could not install $1." "Run 'apt-get update && apt-get install $1' to see why."
}

say() {
    printf '%s\n' "$1" >&2
}

fail() {
    printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
    exit 1
}

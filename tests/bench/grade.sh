#!/usr/bin/env bash
# What grading costs, in seconds of a processor, and how long a class takes.
#
#   tests/bench/grade.sh [STUDENTS]    # 200 by default, each one exercise of Part I
#
# Run it as root, on a quiet machine: the proofs wait for programs, and notice company.
# CGROUP names the folder of control groups, if it is neither of the usual two.
set -euo pipefail
cd "$(dirname "$0")/../.."
students=${1:-200}
scratch=$(mktemp -d)
chmod 711 "$scratch"
trap 'rm -rf "$scratch"' EXIT
cargo build --quiet
workbook=$PWD/target/debug/workbook

# COMMAND…: seconds of a processor and of a clock, and the peak of one process in MiB.
# A control group counts it all. What waits for its children does not: cells are killed.
measured() {
  python3 - "$@" <<'PYTHON'
import os, resource, subprocess, sys, time
old, new = "/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup"
group = os.environ.get("CGROUP") or (old if os.path.isdir(old) else new)
place = f"{group}/grade-{os.getpid()}"
os.mkdir(place)
def used():
    if place.startswith(old):
        return int(open(place + "/cpuacct.usage").read()) / 1e9
    stat = dict(line.split() for line in open(place + "/cpu.stat"))
    return int(stat["usage_usec"]) / 1e6
def join():
    open(place + "/cgroup.procs", "w").write(str(os.getpid()))
start = time.monotonic()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=join).returncode
wall, cpu = time.monotonic() - start, used()
if status > 1: sys.exit(f"exit {status}")
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
time.sleep(1)  # What is dying leaves the group.
os.rmdir(place)
print(f"{cpu:.2f} {wall:.2f} {peak / 1024:.0f}")
PYTHON
}

# STUDENT EXERCISE: the solution, and a comment that nobody else has.
hands_in() {
  local to=$scratch/$3/$1/$2/src
  mkdir -p "$to"
  cp "solutions/$2/src/"*.rs "$to"
  printf '// %s\n' "$1" >>"$to/lib.rs"
}

class() { # NAME EXERCISES
  printf 'exercises = [%s]\n' "$2" >"$scratch/$1.toml"
}

graded() { # FOLDER REPORT CLASS MORE…
  measured "$workbook" grade "$scratch/$1" --out "$scratch/$2" --class "$scratch/$3.toml" "${@:4}"
}

difference() { # MANY FEW N
  python3 -c "print(f'{(${1%% *} - ${2%% *}) / $3:.2f}')"
}

echo '1. One submission of chapter 02 (tokio, tokio-tungstenite), seconds of a processor'
class one '"handshake"'
for nth in $(seq 11); do hands_in "s$nth" 02-handshake many; done
hands_in s1 02-handshake few
graded few warm one >/dev/null # What is built once.
few=$(graded few few-report one)
many=$(graded many many-report one)
printf '   graded, its proofs included:         %s\n' "$(difference "$many" "$few" 10)"
rust=$(
  python3 - "$scratch" <<'PYTHON'
import glob, json, os, resource, shutil, subprocess, sys
every = [json.load(open(name)) for name in glob.glob("target/workbook/grade/*/recipes.json")]
recipes = next(recipes for recipes in every if set(recipes["calls"]) - {""} == {"handshake"})
out = sys.argv[1] + "/out"
os.makedirs(out)
workspace = shutil.copytree(recipes["copy"], sys.argv[1] + "/workspace")
for source in glob.glob("solutions/02-handshake/src/[!m]*.rs"):
    shutil.copy(source, workspace + "/exercises/02-handshake/src/")
for call in recipes["calls"]["handshake"]:
    words = []
    for word in call["args"]:
        own = "/libhandshake-" in word or word == recipes["deps"]
        word = word.replace(recipes["deps"], out) if own else word
        words.append("--emit=link" if word.startswith("--emit") else word)
    words = [word.replace(".rmeta", ".rlib") if "/libhandshake-" in word else word for word in words]
    subprocess.run(["rustc", *words], cwd=workspace, env={**os.environ, **call["env"]},
                   check=True, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{used.ru_utime + used.ru_stime:.2f}")
PYTHON
)
printf '   a bare rustc of the same sources:    %s\n' "$rust"
fresh=$(CARGO_TARGET_DIR=$scratch/fresh measured cargo test --quiet -p handshake-solution)
printf '   cargo test in a fresh target folder: %s\n' "${fresh%% *}"

echo "2. $students students, one exercise each"
class all '"00", "01", "02", "03", "04", "05", "06", "07"'
exercises=(solutions/0[0-7]-*)
for nth in $(seq "$students"); do
  hands_in "$(printf 's%03d' "$nth")" "$(basename "${exercises[nth % 8]}")" class
done
hands_in s001 02-handshake warm-all
graded warm-all warm-all-report all >/dev/null
for jobs in 1 2; do
  read -r cpu wall peak <<<"$(graded class "class-$jobs" all --jobs "$jobs")"
  printf '   --jobs %s: %s s, %s s of a processor, %s MiB at most in one process\n' "$jobs" "$wall" "$cpu" "$peak"
done
printf '   the report: %s, its page %s\n' "$(du -sh "$scratch/class-1" | cut -f1)" \
  "$(du -h "$scratch/class-1/index.html" | cut -f1)"
read -r cpu wall peak <<<"$(graded class class-1 all)"
printf '   once more, with nothing changed: %s s\n' "$wall"

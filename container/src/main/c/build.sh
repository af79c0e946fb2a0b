#!/bin/sh
# Compiles the native kernels: build.sh OBJECTS LIBRARY. Run by Maven. Does nothing where the library is newer than its
# sources; only warns where there is no C compiler, or where the machine is none that the kernels were written for: the
# product then works without them, many times slower on layers with windows.
#   CC         the compiler (default gcc)
#   JAVA_HOME  where jni.h lies (Maven passes its own)
set -eu
cd "$(dirname "$0")"
objects=$1
library=$2
cc=${CC:-gcc}

skip() {
  echo "WARNING: the native kernels are not built, layers with windows will be many times slower: $*"
  rm -f "$library"
  exit 0
}

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || skip "they are for Linux on x86-64, this is $(uname -s) on $(uname -m)"
command -v "$cc" >/dev/null || skip "there is no '$cc'; install gcc or set CC"
[ -f "$JAVA_HOME/include/jni.h" ] || skip "there is no $JAVA_HOME/include/jni.h; use a whole JDK"

if [ -f "$library" ] && [ -z "$(find . -newer "$library" -type f -print -quit)" ]; then
  exit 0
fi

mkdir -p "$objects" "$(dirname "$library")"
flags="-std=gnu11 -O3 -Wall -Wextra -Werror -fPIC -fopenmp -fno-math-errno -fno-trapping-math -fvisibility=hidden"
compile() {
  isa=$1
  shift
  for source in elementwise filter pool contrast; do
    # shellcheck disable=SC2086 # flags are words
    "$cc" $flags "$@" -DISA="$isa" -c "$source.c" -o "$objects/$source-$isa.o" || exit 1
  done
}
compile base -march=x86-64 &
base=$!
compile avx2 -march=x86-64 -mavx2 -mfma &
avx2=$!
compile avx512 -march=x86-64 -mavx2 -mfma -mavx512f -mavx512dq -mavx512bw -mavx512vl -mprefer-vector-width=512
wait $base
wait $avx2
# shellcheck disable=SC2086
"$cc" $flags -Wno-unused-parameter -I"$JAVA_HOME/include" -I"$JAVA_HOME/include/linux" -c jni.c -o "$objects/jni.o"
"$cc" -shared -fopenmp "$objects"/*.o -o "$library.new"
strip --strip-unneeded "$library.new" 2>/dev/null || true
mv "$library.new" "$library"

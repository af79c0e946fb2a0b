#!/bin/sh
# shellcheck disable=SC1091,SC2034,SC2154 # what is shared with native.sh
# Compiles the native kernels: build.sh OBJECTS LIBRARY. Run by Maven; see native.sh.
set -eu
cd "$(dirname "$0")"
objects=$1
library=$2
what="the native kernels are not built, layers with windows will be many times slower"
. ../../../../paramserver/src/main/c/native.sh

mkdir -p "$objects"
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
# shellcheck disable=SC2086 # words
"$cc" $flags -Wno-unused-parameter $jni -c jni.c -o "$objects/jni.o"
"$cc" -shared -fopenmp "$objects"/*.o -o "$library.new"
finish

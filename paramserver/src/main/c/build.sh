#!/bin/sh
# Compiles the native update rules: build.sh LIBRARY. Run by Maven; see native.sh.
set -eu
cd "$(dirname "$0")"
library=$1
what="the native update rules are not built, shards will be about twice as slow in applying pushes"
. ./native.sh
# shellcheck disable=SC2086,SC2154 # words; cc and jni come from native.sh
"$cc" -std=gnu11 -O3 -Wall -Wextra -Werror -fPIC -fno-math-errno -fno-trapping-math -ffp-contract=off -fvisibility=hidden \
  $jni -shared rules.c jni.c -o "$library.new" -lm
finish

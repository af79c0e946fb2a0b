#!/bin/sh
# shellcheck disable=SC1091,SC2034,SC2154 # what is shared with native.sh
# Compiles the native update rules, vector operations and encodings: build.sh LIBRARY. Run by Maven; see native.sh.
set -eu
cd "$(dirname "$0")"
library=$1
what="the native update rules are not built, shards will be about twice as slow in applying pushes"
. ./native.sh
# shellcheck disable=SC2086 # words
"$cc" -std=gnu11 -O3 -Wall -Wextra -Werror -fPIC -fno-math-errno -fno-trapping-math -ffp-contract=off -fvisibility=hidden \
  $jni -shared rules.c vectors.c encodings.c memory.c jni.c -o "$library.new" -lm
finish

# shellcheck shell=sh disable=SC2034,SC2154
# What the scripts that compile native code have in common; sourced with $library set, and $what, which names the code
# and says what happens without it. Ends the script where the library is newer than the sources beside it, and, with a
# warning, where there is no C compiler or the machine is none that the code was written for.
#   CC         the compiler (default gcc)
#   JAVA_HOME  where jni.h lies (Maven passes its own)
cc=${CC:-gcc}
jni="-I$JAVA_HOME/include -I$JAVA_HOME/include/linux"

skip() {
  echo "WARNING: $what: $*"
  rm -f "$library"
  exit 0
}

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || skip "it is for Linux on x86-64, this is $(uname -s) on $(uname -m)"
command -v "$cc" >/dev/null || skip "there is no '$cc'; install gcc or set CC"
[ -f "$JAVA_HOME/include/jni.h" ] || skip "there is no $JAVA_HOME/include/jni.h; use a whole JDK"

if [ -f "$library" ] && [ -z "$(find . -newer "$library" -type f -print -quit)" ]; then
  exit 0
fi
mkdir -p "$(dirname "$library")"

# Puts a finished library in its place.
finish() {
  strip --strip-unneeded "$library.new" 2>/dev/null || true
  mv "$library.new" "$library"
}

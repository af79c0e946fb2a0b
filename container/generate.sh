#!/bin/sh
# Regenerates the Thrift structs below src/gen/java from src/main/thrift. Needs the Thrift compiler 0.17
# (Debian: thrift-compiler). The generated services are dropped: they do not compile against the libthrift in use, and
# their dispatch is written by hand.
set -eu
cd "$(dirname "$0")"
version=$(thrift --version)
case "$version" in
    *0.17.*) ;;
    *) echo "generate.sh: expected the Thrift compiler 0.17, found $version" >&2; exit 1 ;;
esac
rm -rf src/gen/java
mkdir -p src/gen/java
for contract in master coordinator; do
    thrift --gen java:generated_annotations=suppress -out src/gen/java "src/main/thrift/$contract.thrift"
done
rm src/gen/java/org/distbelief/container/wire/gen/Master.java
rm src/gen/java/org/distbelief/container/wire/gen/Coordinator.java
# A list grows while its elements come: the length that a peer claims must not make memory be had.
find src/gen/java -name '*.java' -exec sed -i -E \
    's/(new java\.util\.ArrayList<[A-Za-z.]+>\()(_list[0-9]+\.size)\)/\1java.lang.Math.min(\2, 1024))/' {} +

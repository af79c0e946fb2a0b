"""Speaks with a shard by stock Thrift. Arguments: what to do, the folder of the generated code, host, port, generation.
The job's secret comes as hexadecimal digits on standard input, or nothing for no handshake at all."""

import struct
import sys

task, generated, host, port, generation = sys.argv[1:]
sys.path.insert(0, generated)

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TBufferedTransport, TTransportException

from distbelief.paramserver import Shard
from distbelief.paramserver.ttypes import (FetchRequest, PushRequest, RefusalKind, SaveRequest, ShardRefused,
                                           StoreRequest)
from job_socket import JobSocket

secret = bytes.fromhex(sys.stdin.readline().strip())
generation = int(generation)
RANGES = [5, 6, 9998, 10000]


def connected():
    socket = JobSocket(host, int(port), secret) if secret else TSocket(host, int(port))
    socket.setTimeout(20000)
    transport = TBufferedTransport(socket)
    transport.open()
    return transport, Shard.Client(TBinaryProtocol(transport))


def fetch_request(of=generation):
    return FetchRequest(generation=of, vector="parameters", ranges=RANGES)


def push_request():
    return PushRequest(generation=generation, replica=3, partition=0, incarnation=1, sequence=1, ranges=RANGES,
                       versionAtFetch=0)


GRADIENT = struct.pack("<3f", 1.5, -2, 0.25)
CALLS = {
    "ping": lambda shard: shard.ping(),
    "status": lambda shard: shard.status(),
    "fetch": lambda shard: shard.fetch(fetch_request()),
    "push": lambda shard: shard.push(push_request(), GRADIENT),
    "store": lambda shard: shard.store(StoreRequest(generation, "parameters", RANGES), GRADIENT),
    "save": lambda shard: shard.save(SaveRequest(generation, "anywhere", ["parameters"])),
}


def exchange():
    transport, shard = connected()
    print("ping", shard.ping())
    status = shard.status()
    print("status", status.shard, status.generation, status.parameters, status.version)
    for _ in range(2):
        pushed = shard.push(push_request(), GRADIENT)
        print("push", pushed.version, pushed.staleness, pushed.duplicate)
    fetched = shard.fetch(fetch_request())
    print("fetch", fetched.version, *struct.unpack("<3f", fetched.values))
    try:
        shard.fetch(fetch_request(of=generation + 1))
    except ShardRefused as refused:
        print("refused", RefusalKind._VALUES_TO_NAMES[refused.kind])
    print("status", *[(p.replica, p.sequence, p.applied) for p in shard.status().pushes])
    transport.close()


def refused():
    for name, call in CALLS.items():
        try:
            transport, shard = connected()
            call(shard)
            print(name, "served")
        except (TTransportException, OSError) as e:
            print(name, "refused:", e)


{"exchange": exchange, "refused": refused}[task]()

"""A socket of stock Thrift that first proves the job's secret, as docs/wire.md says."""

import hashlib
import hmac
import os
import re
import struct

from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TTransportException

NAME = b"distbelief"
URI = NAME + b"/" + NAME
START, OK, BAD, ERROR, COMPLETE = 1, 2, 3, 4, 5


def wire_key(secret):
    return hmac.new(secret, b"distbelief wire", hashlib.sha256).hexdigest().encode()


def _md5(*parts):
    return hashlib.md5(b":".join(parts)).hexdigest().encode()


class JobSocket(TSocket):
    def __init__(self, host, port, secret):
        super().__init__(host, port)
        self._key = wire_key(secret)

    def open(self):
        super().open()
        try:
            self._prove()
        except TTransportException:
            self.close()
            raise

    def _prove(self):
        self._send(START, b"DIGEST-MD5")
        self._send(OK, b"")
        challenge = self._expect(OK)
        nonce = re.search(rb'nonce="([^"]*)"', challenge).group(1)
        cnonce = os.urandom(16).hex().encode()
        session = hashlib.md5(b":".join([NAME, NAME, self._key])).digest()
        first = _md5(session, nonce, cnonce)

        def proof(direction):
            return _md5(first, nonce, b"00000001", cnonce, b"auth", _md5(direction, URI))

        self._send(OK, b'charset=utf-8,username="%s",realm="%s",nonce="%s",nc=00000001,cnonce="%s",digest-uri="%s",'
                       b'qop=auth,response=%s' % (NAME, NAME, nonce, cnonce, URI, proof(b"AUTHENTICATE")))
        if self._expect(COMPLETE) != b"rspauth=" + proof(b""):
            raise TTransportException(message="the server has not proved that it knows the secret")

    def _send(self, status, payload):
        self.write(struct.pack(">Bi", status, len(payload)) + payload)

    def _expect(self, expected):
        status, length = struct.unpack(">Bi", self.readAll(5))
        payload = self.readAll(length)
        if status != expected:
            raise TTransportException(message="refused: " + payload.decode("ascii", "replace"))
        return payload

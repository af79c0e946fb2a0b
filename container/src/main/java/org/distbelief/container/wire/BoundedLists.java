package org.distbelief.container.wire;

import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolDecorator;
import org.apache.thrift.protocol.TProtocolException;

/** Refuses lists that claim to be longer than any replica's can be, before anything is allocated for them. */
final class BoundedLists extends TProtocolDecorator {
    /** Most elements of a list. */
    static final int MOST = 1 << 16;

    private BoundedLists(TProtocol protocol) {
        super(protocol);
    }

    /** A struct that is read and written within the bounds. */
    static TSerializable of(TSerializable struct) {
        return new TSerializable() {
            @Override
            public void read(TProtocol protocol) throws TException {
                struct.read(new BoundedLists(protocol));
            }

            @Override
            public void write(TProtocol protocol) throws TException {
                struct.write(new BoundedLists(protocol));
            }
        };
    }

    @Override
    public TList readListBegin() throws TException {
        return checked(super.readListBegin());
    }

    @Override
    public void writeListBegin(TList list) throws TException {
        super.writeListBegin(checked(list));
    }

    private static TList checked(TList list) throws TProtocolException {
        if (list.size < 0 || list.size > MOST) {
            throw new TProtocolException(
                    TProtocolException.SIZE_LIMIT,
                    "expected a list of at most " + MOST + " elements, found one of " + list.size);
        }
        return list;
    }
}

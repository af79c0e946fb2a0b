package org.distbelief.ingest.raw;

/** What a raw file holds once decoded. */
public sealed interface RawData permits Recording, Picture {}

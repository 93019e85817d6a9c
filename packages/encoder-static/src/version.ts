/** Checksum of the vectors that come with the package. */
export const STATIC_CHECKSUM = '12a84d54d0303280';

/** Changes whenever a text would get another vector: how texts are read, and which vectors come with the package. */
export const STATIC_VERSION = `1-${STATIC_CHECKSUM.slice(0, 8)}`;

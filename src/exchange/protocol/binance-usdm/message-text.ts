import type { RawData } from 'ws'

/** A message as text, in whatever pieces it came. */
export const messageText = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8')

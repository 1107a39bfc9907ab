import { processScrubber } from '../config/scrubber.ts'

interface Writable {
  write: typeof process.stdout.write
}

/**
 * Makes a stream of this process incapable of showing a secret, whoever writes to it: commands, commander, Node's own
 * warnings, an unexpected error.
 */
export function scrubStream(stream: Writable): void {
  const write = stream.write.bind(stream)
  const scrubbed = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')
    return Reflect.apply(write, stream, [processScrubber.scrub(text), ...rest]) as boolean
  }
  stream.write = scrubbed as typeof stream.write
}

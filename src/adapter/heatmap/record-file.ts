import { closeSync, openSync, readSync } from 'node:fs'

const CHUNK_BYTES = 1 << 16
const LINE_FEED = 0x0a

export interface FileLine {
  readonly text: string
  /** Counted from 1. */
  readonly number: number
  /** False for a last line without its line feed: whoever wrote it was interrupted. */
  readonly complete: boolean
}

/** The lines of a file, read piece by piece. Closes the file when the loop over it ends. */
export function* linesOf(path: string): Generator<FileLine, undefined> {
  const file = openSync(path, 'r')
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    let rest: Buffer[] = []
    let number = 0
    for (;;) {
      const size = readSync(file, chunk, 0, CHUNK_BYTES, null)
      if (size === 0) break
      let start = 0
      for (let at = chunk.indexOf(LINE_FEED); at >= 0 && at < size; at = chunk.indexOf(LINE_FEED, start)) {
        const text = Buffer.concat([...rest, chunk.subarray(start, at)]).toString('utf8')
        rest = []
        start = at + 1
        number++
        yield { text, number, complete: true }
      }
      if (start < size) rest.push(Buffer.from(chunk.subarray(start, size)))
    }
    if (rest.length > 0) yield { text: Buffer.concat(rest).toString('utf8'), number: number + 1, complete: false }
  } finally {
    closeSync(file)
  }
}

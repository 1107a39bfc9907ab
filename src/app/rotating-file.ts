import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export interface RotatingFile {
  /** Appends a line that ends in a line feed. Never throws: a full disk must not stop the bot. */
  write(line: string): void
  close(): void
  /** Lines that could not be written. */
  readonly lost: number
}

export interface Rotation {
  /** Size at which a new file is begun. */
  readonly maxBytes: number
  /** Older files kept: `path.1` is the newest of them. */
  readonly keep: number
}

const LOG_ROTATION: Rotation = { maxBytes: 10 * 1024 * 1024, keep: 5 }

/** A file for this user alone that never grows beyond `maxBytes × (keep + 1)`. Throws when it cannot be opened at all. */
export function openRotatingFile(path: string, rotation: Rotation = LOG_ROTATION): RotatingFile {
  const directory = dirname(path)
  // Not those above: where the account's own directory is missing, something else is wrong.
  if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 })
  // `null` while closed: the number of a closed descriptor soon belongs to another file, perhaps the journal.
  let descriptor: number | null = openSync(path, 'a', 0o600)
  let size = fstatSync(descriptor).size
  let ended = false
  let lost = 0

  function opened(): number {
    if (descriptor === null) {
      descriptor = openSync(path, 'a', 0o600)
      size = fstatSync(descriptor).size
    }
    return descriptor
  }

  function shut(): void {
    const open = descriptor
    descriptor = null
    if (open !== null) closeSync(open)
  }

  function rotate(): void {
    shut()
    for (let n = rotation.keep - 1; n >= 0; n--) {
      const from = n === 0 ? path : `${path}.${n}`
      if (existsSync(from)) renameSync(from, `${path}.${n + 1}`)
    }
  }

  return {
    get lost() {
      return lost
    },
    write(line) {
      if (ended) {
        lost++
        return
      }
      try {
        const bytes = Buffer.byteLength(line)
        if (size > 0 && size + bytes > rotation.maxBytes) rotate()
        writeSync(opened(), line)
        size += bytes
      } catch {
        lost++
      }
    },
    close() {
      ended = true
      try {
        shut()
      } catch {
        lost++
      }
    },
  }
}

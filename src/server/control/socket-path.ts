import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, type Stats } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** A socket's address has room for 103 bytes on macOS and 107 on Linux. */
const MAX_PATH_BYTES = 103
const OTHERS = 0o077
/** Not `userInfo()`, which throws where the user has no name, as in a container. */
const ownUid = (): number => process.getuid?.() ?? -1

/**
 * Where the bot of an account listens: in its directory, or, where that path is too long for a socket, in a private
 * directory of this user under the system's temporary one, by a name that follows from the path.
 */
export function socketPath(accountDirectory: string): string {
  const inside = join(resolve(accountDirectory), 'control.sock')
  if (Buffer.byteLength(inside) <= MAX_PATH_BYTES) return inside
  const name = createHash('sha256').update(inside).digest('hex').slice(0, 16)
  return join(tmpdir(), `lodestone-${ownUid()}`, `${name}.sock`)
}

/** Makes the socket's directory if need be; a sentence when somebody else could get at what is in it. */
export function prepareDirectory(directory: string): string | null {
  const stat = made(directory)
  if (typeof stat === 'string') return `${directory} cannot be made: ${stat}`
  if (!stat.isDirectory()) return `${directory} is not a directory`
  if (process.platform === 'win32') return null
  if (stat.uid !== ownUid()) return `${directory} belongs to another user`
  if ((stat.mode & OTHERS) !== 0) return `${directory} is open to other users; run: chmod 700 ${directory}`
  return null
}

/** The directory above it is there: that of the account, or the system's temporary one. */
function made(directory: string): Stats | string {
  try {
    if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    // Another process may have been first.
    if (!existsSync(directory)) return error instanceof Error ? error.message : String(error)
  }
  return lstatSync(directory)
}

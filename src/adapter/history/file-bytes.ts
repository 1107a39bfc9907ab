import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { problem, type Problem } from '../../domain/problem.ts'

/** Unpacked; more than that is not one symbol's history. */
const MAX_BYTES = 2 ** 31
const NEWLINE = 10

export type FileBytes =
  | { readonly kind: 'ok'; readonly bytes: Uint8Array; readonly sha256: string }
  | { readonly kind: 'invalid'; readonly problem: Problem }

/** A file's text as bytes that end with a newline, unpacked if it is gzip, with the hash of the file as stored. */
export function readFileBytes(file: string): FileBytes {
  const stored = tried(() => readFileSync(file))
  if (typeof stored === 'string') return unreadable(file, stored)
  if (stored.length === 0) return invalid('empty_file', file, 'the file is empty', 'Write or download it again')
  const foreign = FOREIGN.find(({ magic }) => stored.subarray(0, magic.length).toString('latin1') === magic)
  if (foreign)
    return invalid('wrong_format', file, `this is a ${foreign.name} file`, 'Give a CSV file, plain or packed with gzip')

  const packed = stored[0] === 0x1f && stored[1] === 0x8b
  if (!packed && file.endsWith('.gz'))
    return invalid(
      'bad_gzip',
      file,
      'the name ends in .gz, but the file is not gzip',
      'Download it again, or drop the .gz from its name',
    )
  const bytes = packed ? tried(() => gunzipSync(stored, { maxOutputLength: MAX_BYTES })) : stored
  if (typeof bytes === 'string') {
    const what =
      bytes === 'ERR_BUFFER_TOO_LARGE' ? 'the file is too large when unpacked' : 'the gzip data is damaged or cut off'
    return invalid('bad_gzip', file, what, 'Download it again; `gzip -t` checks it')
  }
  const utf16 = utf16Of(bytes)
  if (utf16 !== undefined)
    return invalid(
      'wrong_format',
      file,
      'this is UTF-16 text, not UTF-8',
      `Save it as UTF-8, for example with: iconv -f ${utf16} -t UTF-8 FILE > NEW.csv`,
    )
  if (bytes.length === 0) return invalid('empty_file', file, 'the file is empty', 'Write or download it again')
  const sha256 = createHash('sha256').update(stored).digest('hex')
  return {
    kind: 'ok',
    sha256,
    bytes: bytes.at(-1) === NEWLINE ? bytes : Buffer.concat([bytes, Uint8Array.of(NEWLINE)]),
  }
}

/** By its byte order mark, or by the zero that is half of every ASCII character. */
function utf16Of([first, second]: Uint8Array): string | undefined {
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'UTF-16'
  if (first === undefined || second === undefined || (first === 0) === (second === 0)) return undefined
  return first === 0 ? 'UTF-16BE' : 'UTF-16LE'
}

const FOREIGN = [
  { magic: 'PAR1', name: 'Parquet' },
  { magic: 'PK\u0003\u0004', name: 'zip' },
] as const

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'this is a directory, not a file',
  EACCES: 'the file may not be read (permission denied)',
  ERR_FS_FILE_TOO_LARGE: 'the file is too large',
}

/** The result, or the code of the system's error. */
function tried(read: () => Buffer): Buffer | string {
  try {
    return read()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code)
    throw error
  }
}

const invalid = (code: string, file: string, what: string, hint: string): FileBytes => ({
  kind: 'invalid',
  problem: problem(code, file, what, hint),
})

const unreadable = (file: string, code: string): FileBytes =>
  invalid(
    code === 'ENOENT' ? 'not_found' : 'unreadable',
    file,
    REASONS[code] ?? `the file cannot be read (${code})`,
    'Check the path',
  )

import { readFileSync } from 'node:fs'
import { problem, type Problem } from '../domain/problem.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'this is a directory, not a file',
  EACCES: 'the file may not be read (permission denied)',
}

/** The text of a configuration file, or why there is none. */
export function readTextFile(file: string): { readonly text: string } | { readonly problem: Problem } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)) }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return { problem: problem('config_unreadable', file, 'the file is not UTF-8 text', 'Save it as UTF-8') }
    }
    const what = REASONS[code] ?? `the file cannot be read (${code === '' ? String(error) : code})`
    return { problem: problem('config_unreadable', file, what, 'Check the path behind -c') }
  }
}

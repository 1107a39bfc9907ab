import { statSync } from 'node:fs'
import { problem, type Problem } from '../domain/problem.ts'
import { readTextFile } from './text-file.ts'

const LINE = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/
const OTHERS = 0o077

export interface EnvFile {
  readonly variables: Readonly<Record<string, string>>
  readonly problems: readonly Problem[]
}

/**
 * Reads `NAME=value` lines; `#` begins a comment line, quotes around a value are taken off, nothing is expanded. A file
 * that others can read is refused. Messages name lines, never what stands on them.
 */
export function readEnvFile(file: string): EnvFile {
  const read = readTextFile(file)
  if ('problem' in read) {
    return { variables: {}, problems: [{ ...read.problem, hint: 'Check the path behind --secrets' }] }
  }
  if (process.platform !== 'win32' && (statSync(file).mode & OTHERS) !== 0) {
    const what = 'other users of this machine can read or change this file, and it holds keys'
    return { variables: {}, problems: [problem('env_file_open', file, what, `Run: chmod 600 ${file}`)] }
  }
  const variables: Record<string, string> = Object.create(null) as Record<string, string>
  const problems: Problem[] = []
  for (const [index, raw] of read.text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const match = LINE.exec(line)
    if (match) variables[match[1]!] = unquoted(match[2]!)
    else
      problems.push(problem('bad_env_line', `${file}:${index + 1}`, 'this line is not NAME=value', 'Correct the line'))
  }
  return { variables, problems }
}

function unquoted(text: string): string {
  const quote = text[0]
  const quoted = text.length >= 2 && (quote === '"' || quote === "'") && text.endsWith(quote)
  return quoted ? text.slice(1, -1) : text
}

import { readFileSync } from 'node:fs'

/** The package's version. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null || !('version' in parsed))
    throw new Error('package.json has no version')
  return String(parsed.version)
}

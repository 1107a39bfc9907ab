import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a directory and those above it; one that is there already is fine. Throws the system's error. Node's own
 * recursive mkdir never returns where the system answers "no such file" for a directory whose parent exists, as /proc does.
 */
export function makeDirectory(path: string, mode?: number): void {
  const missing: string[] = []
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.push(at)
  for (const each of missing.toReversed()) {
    try {
      mkdirSync(each, { mode })
    } catch (error) {
      // Another process may have been first.
      if (statSync(each, { throwIfNoEntry: false })?.isDirectory() !== true) throw error
    }
  }
}

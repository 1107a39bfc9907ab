import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

const DIGITS = 16
const PACKAGE_FILES = ['package.json', 'package-lock.json']

/** Tells one version of the program from another: of its package file, its lockfile and every source, as they are on disk. */
export function buildHash(root: string): string {
  const hash = createHash('sha256')
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
  for (const path of [...PACKAGE_FILES.map((file) => join(root, file)), ...sources]) {
    if (!existsSync(path)) continue
    const name = path.slice(root.length).replaceAll(sep, '/')
    const content = readFileSync(path)
    hash.update(`${name}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex').slice(0, DIGITS)
}

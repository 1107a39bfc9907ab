import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** What the linter cannot see, or sees only where nobody switched it off with a comment. */
const root = resolve(import.meta.dirname, '../..')

function filesUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((file) => !file.includes('node_modules/'))
}

const src = filesUnder('src')
const code = [...src, ...filesUnder('test')].filter((file) => /\.[cm]?tsx?$/.test(file))
const here = 'test/architecture/'
const text = new Map(code.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
const matching = (pattern: RegExp, files: readonly string[]): readonly string[] =>
  files.filter((file) => pattern.test(text.get(file) ?? ''))

describe('source files', () => {
  const product = code.filter((file) => file.startsWith('src/'))
  // This folder quotes violations in order to plant them.
  const judged = code.filter((file) => !file.startsWith(here))

  it('have at most 400 lines', () => {
    const length = (file: string): number => (text.get(file) ?? '').trimEnd().split('\n').length
    expect(product.filter((file) => length(file) > 400)).toEqual([])
  })

  it('never cast to Approved', () => {
    const makers = ['src/domain/approved.ts', 'src/risk/gate.ts']
    const cast =
      /\bas\s+(?:unknown\s+as\s+|any\s+as\s+)?(?:Readonly<\s*)?Approved\b|<\s*Approved\s*<[^;=()]*>>\s*[\w({[]/
    const isCast = matching(cast, judged).filter((file) => !makers.includes(file))
    expect(isCast).toEqual([])
  })

  it('never import approve, but for the gate', () => {
    const named = /\bapprove\b[^'"`]*\}\s*from\s*['"][^'"]*approved(?:\.ts)?['"]/
    const whole = /(?:\*[^'"`]*from\s*|import\s*\(\s*|require\s*\(\s*)['"`][^'"`]*approved(?:\.ts)?['"`]/
    const importers = [...matching(named, judged), ...matching(whole, judged)]
    expect(importers.filter((file) => file !== 'src/risk/gate.ts')).toEqual([])
  })

  it('cast to OrderNews only where the news of the venue comes in, and orders move by nothing else', () => {
    const engine = product.filter((file) => file.startsWith('src/engine/'))
    expect(matching(/\bas\s+(?:unknown\s+as\s+)?OrderNews\b/, judged)).toEqual(['src/engine/handle.ts'])
    expect(matching(/\bAccounted\b/, judged)).toEqual(['src/engine/order-news.ts'])
    expect(matching(/\borders\.apply\(/, engine)).toEqual(['src/engine/on-order.ts'])
  })

  it('have no default exports', () => {
    expect(matching(/^export\s+default\b|^export\s*\{[^}]*\bas\s+default\b/m, judged)).toEqual([])
  })

  it('are no barrels', () => {
    expect(judged.filter((file) => /^index\.[cm]?tsx?$/.test(basename(file)))).toEqual([])
  })

  it('are named after what they are', () => {
    const vague = /^(?:utils?|helpers?|managers?|services?|misc|common)$/
    const words = (file: string): readonly string[] => file.split(/[/.-]/)
    expect([...src, ...judged].filter((file) => words(file).some((word) => vague.test(word)))).toEqual([])
  })

  it('do not switch off the rules that hold the architecture', () => {
    const rules = 'no-restricted-(?:imports|globals|properties)|import/no-cycle|max-lines'
    const comment = '(?:oxlint|eslint)-disable(?:-line|-next-line)?'
    const silenced = new RegExp(`${comment}[^\\n]*(?:${rules})|${comment}\\s*(?:\\*/|--|$)`, 'm')
    expect(matching(silenced, product)).toEqual([])
  })
})

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const bin = join(root, 'node_modules/.bin')

/** A piece of code in a file of the planted tree, and the rule that must object to it (none: it must pass). */
export interface Plant {
  readonly title: string
  readonly file: string
  readonly code: string
  readonly rule: string | undefined
}

interface Diagnostic {
  readonly code?: string
  readonly message: string
  readonly filename: string
  readonly labels: readonly { readonly span: { readonly line: number } }[]
}

/** What the linter said about one plant, in the order of the plants. */
export interface Finding {
  readonly plant: Plant
  readonly rules: readonly string[]
}

/**
 * Writes all plants into one temporary tree under the real lint configuration and lints it in a single run.
 * Plants of one file become its lines, so that a violation is recognised by its line.
 */
export function lintPlanted(
  plants: readonly Plant[],
  stubs: Readonly<Record<string, string>> = {},
): readonly Finding[] {
  const directory = mkdtempSync(join(tmpdir(), 'lodestone-lint-'))
  try {
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(directory, file)), { recursive: true })
      writeFileSync(join(directory, file), text)
    }
    for (const [file, text] of Object.entries(stubs)) write(file, text)
    for (const [file, lines] of Map.groupBy(plants, (plant) => plant.file)) {
      write(file, lines.map((plant) => `${plant.code}\n`).join(''))
    }
    copyFileSync(join(root, '.oxlintrc.json'), join(directory, '.oxlintrc.json'))
    copyFileSync(join(root, 'tsconfig.json'), join(directory, 'tsconfig.json'))
    // The type-aware rules resolve types as they do here.
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'), 'junction')
    return attribute(plants, runLinter(directory), directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function attribute(
  plants: readonly Plant[],
  diagnostics: readonly Diagnostic[],
  directory: string,
): readonly Finding[] {
  const nextLine = new Map<string, number>()
  const rulesAt = Map.groupBy(diagnostics, ({ filename, labels }) => {
    const file = relative(directory, resolve(directory, filename)).replaceAll('\\', '/')
    return `${file}:${labels[0]?.span.line ?? 0}`
  })
  return plants.map((plant) => {
    const first = nextLine.get(plant.file) ?? 1
    const count = plant.code.split('\n').length
    nextLine.set(plant.file, first + count)
    const lines = Array.from({ length: count }, (_, index) => `${plant.file}:${first + index}`)
    return { plant, rules: lines.flatMap((line) => rulesAt.get(line) ?? []).map(ruleName) }
  })
}

/** `eslint(no-console)` → `no-console` */
const ruleName = ({ code = '' }: Diagnostic): string => /\((.+)\)/.exec(code)?.[1] ?? code

function runLinter(directory: string): readonly Diagnostic[] {
  const env = { ...process.env, OXLINT_TSGOLINT_PATH: join(bin, 'tsgolint') }
  let output: string
  try {
    output = execFileSync(join(bin, 'oxlint'), ['--type-aware', '--format=json'], {
      cwd: directory,
      env,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
  } catch (error) {
    // A non-zero exit is what violations cause; anything without a report is a real failure.
    output = (error as { stdout?: string }).stdout ?? ''
    if (!output.trimStart().startsWith('{')) throw error
  }
  const { diagnostics } = JSON.parse(output) as { diagnostics: readonly Diagnostic[] }
  const broken = diagnostics.find(({ filename }) => filename.endsWith('tsconfig.json'))
  if (broken) throw new Error(`the type-aware rules did not run: ${broken.message}`)
  return diagnostics
}

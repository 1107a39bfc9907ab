import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lintPlanted, type Plant } from './planted-tree.ts'

const folders = [
  'domain',
  'heatmap',
  'indicator',
  'strategy',
  'risk',
  'execution',
  'engine',
  'port',
  'adapter',
  'exchange',
  'backtest',
  'research',
  'server',
  'web',
  'app',
  'cli',
  'config',
] as const
type Folder = (typeof folders)[number]

interface Room {
  readonly file: string
  readonly mayImport: readonly Folder[]
  /** Folders the linter cannot judge here, because the room has a folder of the same name. */
  readonly unjudged?: readonly Folder[]
  readonly configTypes?: false
  readonly packages?: readonly string[]
  readonly banned?: readonly string[]
  readonly ownClock?: true
}

const pure = ['node:fs', 'node:timers', 'node:process', 'node:crypto']
const timeless = ['node:timers', 'node:timers/promises', 'node:process', 'node:perf_hooks']
const core: readonly Folder[] = ['domain', 'heatmap', 'indicator', 'strategy', 'risk', 'execution', 'engine']
const all: readonly Folder[] = folders.filter((folder) => folder !== 'cli' && folder !== 'web')
const withoutAdapter = all.filter((folder) => folder !== 'adapter')

/** Who may import whom, written down a second time: the linter's configuration must agree with it. */
const rooms: readonly Room[] = [
  { file: 'src/domain/room.ts', mayImport: ['domain'], banned: pure },
  { file: 'src/heatmap/room.ts', mayImport: ['domain', 'heatmap', 'indicator'], banned: pure },
  { file: 'src/indicator/room.ts', mayImport: ['domain', 'heatmap', 'indicator'], banned: pure },
  { file: 'src/strategy/room.ts', mayImport: core.slice(0, 5), banned: pure },
  { file: 'src/strategy/deep/room.ts', mayImport: core.slice(0, 5), banned: pure },
  { file: 'src/risk/room.ts', mayImport: core.slice(0, 5), banned: pure },
  { file: 'src/risk/gate.ts', mayImport: core.slice(0, 5), banned: pure },
  { file: 'src/execution/room.ts', mayImport: core.slice(0, 6), banned: pure },
  { file: 'src/engine/room.ts', mayImport: core, banned: pure },
  { file: 'src/engine/run.ts', mayImport: [...core, 'port'], banned: pure },
  { file: 'src/port/room.ts', mayImport: ['domain', 'port'], banned: pure },
  {
    file: 'src/adapter/journal/room.ts',
    mayImport: ['domain', 'port', 'adapter', 'exchange'],
    unjudged: ['heatmap'],
    packages: ['axios'],
    ownClock: true,
  },
  {
    file: 'src/adapter/venue/ccxt/room.ts',
    mayImport: ['domain', 'port', 'adapter', 'exchange'],
    unjudged: ['heatmap'],
    packages: ['axios', 'ccxt'],
    ownClock: true,
  },
  { file: 'src/exchange/room.ts', mayImport: ['domain', 'exchange'], configTypes: false, banned: timeless },
  { file: 'src/exchange/protocol/room.ts', mayImport: ['domain', 'exchange'], configTypes: false, ownClock: true },
  { file: 'src/backtest/room.ts', mayImport: [...core, 'exchange', 'backtest'], banned: timeless },
  { file: 'src/research/room.ts', mayImport: [...core, 'exchange', 'backtest', 'research'], banned: timeless },
  { file: 'src/server/room.ts', mayImport: [...core, 'server'], ownClock: true },
  { file: 'src/config/room.ts', mayImport: ['domain', 'config'], ownClock: true },
  { file: 'src/app/room.ts', mayImport: withoutAdapter, ownClock: true },
  { file: 'src/app/compose.ts', mayImport: all, ownClock: true },
  { file: 'src/cli/room.ts', mayImport: [...withoutAdapter, 'cli'], ownClock: true },
  { file: 'src/main.ts', mayImport: [...withoutAdapter, 'cli'], ownClock: true },
  { file: 'src/web/room.ts', mayImport: ['domain', 'web'], configTypes: false, banned: pure, ownClock: true },
]

const clocks = [
  'Date.now()',
  'new Date()',
  'setTimeout(() => undefined, 1)',
  'setInterval(() => undefined, 1)',
  'setImmediate(() => undefined)',
  "fetch('http://localhost')",
  "new WebSocket('ws://localhost')",
  "new EventSource('http://localhost')",
  'process.env',
  'globalThis.name',
  'global.name',
  'Math.random()',
  'performance.now()',
  'performance.timeOrigin',
  'crypto.randomUUID()',
]

const plants: Plant[] = []
let counter = 0

/** Every plant gets a name of its own to export, so that plants can be neighbours in a file. */
function plant(title: string, file: string, code: (name: string) => string, rule?: string): void {
  plants.push({ title, file, code: code(`x${counter++}`), rule })
}

const RESTRICTED = 'no-restricted-imports'

function plantImport(file: string, target: string, rule: string | undefined): void {
  plant(`import '${target}'`, file, (x) => `import { stub as ${x} } from '${target}'; export const ${x}a = ${x}`, rule)
  plant(`import('${target}')`, file, (x) => `export const ${x} = import('${target}')`, rule)
}

/** From one file of the tree to another, as an import writes it. */
function specifier(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}

for (const { file, mayImport, unjudged = [], configTypes = true, packages = [], banned = [], ownClock } of rooms) {
  for (const folder of folders.filter((each) => !unjudged.includes(each))) {
    const rule = mayImport.includes(folder) ? undefined : RESTRICTED
    const target = specifier(file, `src/${folder}/stub.ts`)
    plantImport(file, target, rule)
    if (rule === undefined) continue
    plant(`export * from '${target}'`, file, () => `export * from '${target}'`, rule)
    if (folder === 'config') continue
    plant(`import type '${target}'`, file, (x) => `export type { Stub as ${x} } from '${target}'`, rule)
  }
  const config = specifier(file, 'src/config/stub.ts')
  plant(
    'types of config',
    file,
    (x) => `import type { Stub as ${x} } from '${config}'; export type ${x}a = ${x}`,
    configTypes ? undefined : RESTRICTED,
  )
  for (const name of ['axios', 'ccxt']) plantImport(file, name, packages.includes(name) ? undefined : RESTRICTED)
  for (const name of banned) plantImport(file, name, RESTRICTED)
  for (const code of clocks) {
    const rule = /^(Math|performance)\./.test(code) ? 'no-restricted-properties' : 'no-restricted-globals'
    plant(code, file, (x) => `export const ${x} = ${code}`, ownClock ? undefined : rule)
  }
}

// Only the gate makes Approved values. (The linter does not apply import names to import(): source.test.ts does.)
for (const file of [...rooms.map((room) => room.file), 'test/unit/room.test.ts']) {
  const target = specifier(file, 'src/domain/approved.ts')
  const rule = file === 'src/risk/gate.ts' ? undefined : RESTRICTED
  plant('import approve', file, (x) => `import { approve as ${x} } from '${target}'; export const ${x}a = ${x}`, rule)
  plant('re-export approve', file, (x) => `export { approve as ${x} } from '${target}'`, rule)
  plant('import * of approved', file, (x) => `import * as ${x} from '${target}'; export const ${x}a = ${x}`, rule)
  plant('export * of approved', file, () => `export * from '${target}'`, rule)
  plant(
    'the type Approved',
    file,
    (x) => `import type { Approved as ${x} } from '${target}'; export type ${x}a = ${x}<1>`,
  )
}
plant('approve next door', 'src/domain/neighbour.ts', () => "export { approve } from './approved.ts'", RESTRICTED)

const general: readonly (readonly [rule: string, file: string, code: string])[] = [
  ['no-floating-promises', 'src/engine/promise.ts', 'export function go(): void { Promise.resolve(1) }'],
  ['no-explicit-any', 'src/engine/any.ts', 'export const value: any = 1'],
  ['no-default-export', 'src/engine/default.ts', 'export default 1'],
  ['no-console', 'src/engine/console.ts', "console.log('x')"],
  ['eqeqeq', 'src/engine/equal.ts', 'export const same = (a: number, b: number): boolean => a == b'],
  ['prefer-const', 'src/engine/let.ts', 'let a = 1; export const b = a'],
  ['no-unused-vars', 'src/engine/unused.ts', 'const unused = 1'],
  ['no-cycle', 'src/engine/cycle.ts', "import { other } from './cycle-other.ts'; export const one = other"],
  ['prefer-node-protocol', 'src/server/protocol.ts', "export { readFileSync } from 'fs'"],
  ['max-lines', 'src/engine/long.ts', `export const a = 1${'\n//'.repeat(400)}`],
  ['no-focused-tests', 'test/unit/focus.test.ts', "import { it } from 'vitest'; it.only('x', () => undefined)"],
  [
    'switch-exhaustiveness-check',
    'src/engine/switch.ts',
    "export function f(k: 'a' | 'b'): number { switch (k) { case 'a': return 1 } return 2 }",
  ],
]
// A folder that nobody has placed yet is treated with suspicion.
for (const target of ['../adapter/stub.ts', '../config/stub.ts', 'axios', 'ccxt']) {
  plantImport('src/unplaced/room.ts', target, RESTRICTED)
}
plant('approve', 'src/unplaced/room.ts', () => "export { approve } from '../domain/approved.ts'", RESTRICTED)

// A file named after the package it adapts is not the package.
plantImport('src/app/compose.ts', '../adapter/venue/ccxt/stub.ts', undefined)
plantImport('src/adapter/venue/room.ts', './ccxt/stub.ts', undefined)
plantImport('src/strategy/room.ts', 'ccxt/js/binance.js', RESTRICTED)
plantImport('src/strategy/room.ts', 'axios/lib/axios.js', RESTRICTED)

for (const code of clocks) plant(code, 'test/unit/room.test.ts', (x) => `export const ${x} = ${code}`)

for (const [rule, file, code] of general) plant(rule, file, () => code, rule)
plant('400 lines', 'src/engine/just-short-enough.ts', () => `export const a = 1${'\n//'.repeat(399)}`)
for (const file of ['src/cli/room.ts', 'src/main.ts']) plant('console', file, () => "console.log('x')")

const stubs: Record<string, string> = {
  'src/domain/approved.ts': 'export type Approved<T> = T & { readonly ok: true }\nexport const approve = 1\n',
  'src/adapter/venue/ccxt/stub.ts': 'export const stub = 1\n',
  'src/engine/cycle-other.ts': "import { one } from './cycle.ts'\nexport const other = (): unknown => one\n",
}
for (const folder of folders) stubs[`src/${folder}/stub.ts`] = 'export const stub = 1\nexport type Stub = 1\n'

describe('the linter enforces the architecture', () => {
  const findings = Map.groupBy(lintPlanted(plants, stubs), ({ plant: { file } }) => file)

  it.each([...findings.keys()])('in %s', (file) => {
    const wrong = (findings.get(file) ?? []).filter(({ plant: { rule }, rules }) =>
      rule === undefined ? rules.length > 0 : !rules.includes(rule),
    )
    expect(wrong.map(({ plant: { title, rule }, rules }) => ({ title, expected: rule, rules }))).toEqual([])
  })
})

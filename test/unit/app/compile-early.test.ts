import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const MODULE = join(import.meta.dirname, '../../../src/app/compile-early.ts')
const CALLS = 100
/** Prints whether `f` was compiled after so many calls; V8 compiles beside them, so that they are spread over time. */
const PROGRAM = `
  const { compileEarly } = await import(${JSON.stringify(MODULE)})
  if (process.argv[1] === 'early') compileEarly()
  const f = (a) => a.b + 1
  for (let i = 0; i < ${CALLS}; i++) { f({ b: i }); await new Promise((resolve) => setTimeout(resolve, 1)) }
  console.log((%GetOptimizationStatus(f) & 0x10) !== 0)
`

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--allow-natives-syntax', '--input-type=module', '-e', PROGRAM, ...args], {
    encoding: 'utf8',
  })

it('compiles what was called a hundred times, by flags that this Node knows', () => {
  expect(run('early')).toMatchObject({ stdout: 'true\n', stderr: '' })
  expect(run('late')).toMatchObject({ stdout: 'false\n', stderr: '' })
})

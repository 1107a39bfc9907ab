// The one gate: everything that must hold before a change is published, in the order of its cost.
// Each step is the npm script of the same name, so that there is one place that says what a step does.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { binDirectory, root } from './pinned-node.mjs'

const steps = ['typecheck', 'lint', 'format:check', 'knip', 'test']
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
// Also when it was not npm that started this file.
const env = { ...process.env, PATH: `${binDirectory}${delimiter}${process.env.PATH ?? ''}` }

for (const step of steps) {
  const started = performance.now()
  const result = spawnSync(scripts[step], {
    cwd: root,
    env,
    shell: true,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`.padStart(8)
  if (result.status === 0) {
    console.log(`ok    ${step.padEnd(14)}${seconds}`)
    continue
  }
  process.stdout.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
  if (result.error) console.log(result.error.message)
  console.log(`FAIL  ${step.padEnd(14)}${seconds}   (npm run ${step})`)
  process.exitCode = 1
  break
}
if (process.exitCode !== 1) console.log('verified')

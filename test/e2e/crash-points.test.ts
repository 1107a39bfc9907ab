import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../../scripts/crash-points.ts', import.meta.url))
/** About 100 s on two idle cores. */
const PATIENCE_MS = 400_000

interface Summary {
  readonly points: number
  readonly days: number
  readonly found: readonly unknown[]
}

describe('a bot that is killed at a tenth of its commits, sends and receives', () => {
  it(
    'enters once, keeps its stop, and agrees with the exchange',
    async () => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [script, '--sample', '10', '--seed', '1', '--recoveries', '1', '--json'],
        { timeout: PATIENCE_MS },
      )
      const summary = JSON.parse(stdout) as Summary
      expect(summary.found).toEqual([])
      expect(summary.points).toBeGreaterThan(250)
      expect(summary.days).toBeGreaterThan(20)
    },
    PATIENCE_MS,
  )
})

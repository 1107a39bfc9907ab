import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

describe('orders of unknown fate', () => {
  it('are sent once and have the fate that the exchange’s books say, under every fault', async () => {
    const script = join(ROOT, 'scripts/unknown-state.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--count', '40'], { cwd: ROOT })
    const table = stdout.trim().split('\n')
    expect(table.at(-1)).toBe('every order was sent once and has its fate')
    // Eight faults; each column of figures: placements, …, duplicates, lost, unresolved, hasty, longest, wall.
    const rows = table.slice(1, -1).map((line) => line.slice(22).trim().split(/\s+/).map(Number))
    expect(rows).toHaveLength(8)
    for (const row of rows) {
      expect([row[0], row[1]]).toEqual([40, 40])
      expect(row.slice(6, 10)).toEqual([0, 0, 0, 0])
    }
  })
})

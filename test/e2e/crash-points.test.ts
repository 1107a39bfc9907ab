import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { CampaignResult } from '../../scripts/crash-points/campaign.ts'

const ROOT = join(import.meta.dirname, '../..')
/** Three minutes on two idle cores. */
const PATIENCE_MS = 600_000

describe('a bot that is killed at a tenth of its commits, sends and receives, and again while it recovers', () => {
  it(
    'enters once, loses nothing, keeps its stop and agrees with the exchange',
    async () => {
      const script = join(ROOT, 'scripts/crash-points.ts')
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [script, '--sample', '0.1', '--seed', '1', '--json'],
        { cwd: ROOT },
      )
      const result = JSON.parse(stdout) as CampaignResult
      expect(result.found).toEqual([])
      expect(result.points).toBeLessThanOrEqual(300)
      // Each tenth of the day has had its crash, and each of these recoveries one, too.
      expect(result.points_run).toBe(Math.ceil(result.points / 10))
      expect(result.recovery_points_run).toBe(result.points_run)
      expect(result.longest_without_stop_s).toBeLessThanOrEqual(5)
      // The rules can fail: of each fault that was planted the rule that it breaks has told.
      expect(result.planted.filter(({ caught }) => !caught)).toEqual([])
      expect(result.planted).toHaveLength(4)
    },
    PATIENCE_MS,
  )
})

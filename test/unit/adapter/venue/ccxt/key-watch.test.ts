import { describe, expect, it } from 'vitest'
import { createKeyWatch } from '../../../../../src/adapter/venue/ccxt/key-watch.ts'
import type { KeyRights } from '../../../../../src/adapter/venue/ccxt/key-rights.ts'
import { DAY_MS, MINUTE_MS } from '../../../../../src/domain/time.ts'
import { epochMs } from '../../../../../src/domain/unit.ts'

const GOOD: KeyRights = { trade: true, withdraw: false, transfer: false, restricted: true }

function scene(rights: () => Promise<KeyRights | null>) {
  const state = { now: epochMs(1_000_000), told: [] as (string | null)[] }
  const watch = createKeyWatch(
    rights,
    { live: true, anyAddress: false },
    () => state.now,
    (wrong) => state.told.push(wrong),
  )
  return {
    ...state,
    watch,
    pass(ms: number) {
      state.now = epochMs(state.now + ms)
    },
    told: state.told,
  }
}

describe('the daily look at the key’s rights', () => {
  it('comes after a day, and tells of a right that was given since', async () => {
    let rights = GOOD
    const { watch, pass, told } = scene(() => Promise.resolve(rights))
    expect(watch.isDue).toBe(false)
    pass(DAY_MS)
    expect(watch.isDue).toBe(true)
    await watch.look()
    expect([told, watch.isDue]).toEqual([[null], false])
    rights = { ...GOOD, withdraw: true }
    pass(DAY_MS)
    await watch.look()
    expect(told[1]).toContain('may withdraw money')
  })

  it('is repeated soon where the venue could not be asked, and says nothing of the key', async () => {
    const { watch, pass, told } = scene(() => Promise.reject(new Error('down')))
    pass(DAY_MS)
    await expect(watch.look()).rejects.toThrow('down')
    expect([told, watch.isDue]).toEqual([[], false])
    pass(5 * MINUTE_MS)
    expect(watch.isDue).toBe(true)
  })
})

import { describe, expect, test } from 'vitest'
import { level, snapshot } from '../heatmap/build.ts'
import { hourBar } from '../../fixture/hour-bar.ts'
import { BTC, engineScene, HOUR, NOON, PRICE, unhurried, wanted, type EngineScene } from '../../fixture/engine-scene.ts'

const lastCodes = (scene: EngineScene): readonly string[] => scene.decisions.at(-1)?.refusals.map((r) => r.code) ?? []
const MIDNIGHT = NOON + 12 * HOUR

/** Opens a trade and leaves it at once. */
function roundTrip(scene: EngineScene): void {
  scene.open()
  scene.command({ name: 'force_exit', tradeId: 'all' })
  scene.fill(scene.newest('exit').clientOrderId)
}

describe('decision records', () => {
  test('one for each change of gates, none for a repetition', () => {
    const scene = engineScene({ file: { entry: unhurried } })
    scene.command({ name: 'stop_entry', reason: 'test' })
    scene.wants = [wanted()]
    scene.hour()
    expect(scene.decisions).toHaveLength(1)
    scene.hour()
    expect(scene.decisions).toHaveLength(1)
    expect(scene.engine.counters.refusedDecisions).toBe(1)
    scene.command({ name: 'kill', reason: 'test' })
    scene.hour()
    expect(scene.decisions).toHaveLength(2)
    expect(lastCodes(scene)).toEqual(['KILL_LATCH', 'ENTRIES_STOPPED'])
  })

  test('a candidate with a refusal of its own is recorded and not traded', () => {
    const scene = engineScene()
    scene.wants = [wanted('LONG', { refusals: [{ code: 'WEAK_CLUSTER', message: 'weak', figures: {} }] })]
    scene.hour()
    expect(scene.orders).toEqual([])
    expect(lastCodes(scene)).toEqual(['WEAK_CLUSTER'])
  })

  test('opposite signals cancel each other and both are recorded', () => {
    const scene = engineScene()
    scene.wants = [wanted(), wanted('SHORT', { strategy: 'support_resistance' })]
    scene.hour()
    expect(scene.orders).toEqual([])
    expect(scene.decisions.map((d) => d.refusals.map((r) => r.code))).toEqual([
      ['OPPOSITE_SIGNALS'],
      ['OPPOSITE_SIGNALS'],
    ])
  })
})

describe('prices', () => {
  test.each([
    [2_000, 1],
    [2_001, 0],
  ])('a price %d ms old at the decision: %d entries', (age, entries) => {
    const scene = engineScene({ ticks: true })
    scene.wants = [wanted()]
    const end = NOON + HOUR
    scene.price(PRICE, HOUR - age)
    scene.now = end
    scene.process({ ...hourBar(BTC, end, PRICE), high: PRICE + 250, low: PRICE - 250 })
    expect(scene.count('entry')).toBe(entries)
    if (entries === 0) expect(lastCodes(scene)).toContain('PRICE_STALE')
  })

  test('on a feed of ticks a bar does not stand in for the mark', () => {
    const scene = engineScene({ ticks: true })
    scene.price(PRICE, 1_000, { mark: 49_990 })
    scene.now = NOON + HOUR
    scene.process({ ...hourBar(BTC, scene.now, PRICE), high: PRICE, low: PRICE, close: 50_070, volume: 1 })
    expect(scene.engine.states[0]).toMatchObject({ mark: 49_990, last: PRICE, priceTime: NOON + 1_000 })
  })
})

describe('repetition', () => {
  test('a signal that stays true does not fire twice, one that went false does', () => {
    const scene = engineScene({ file: { entry: unhurried } })
    scene.wants = [wanted()]
    scene.hour()
    scene.expired(scene.newest('entry').clientOrderId)
    scene.hour()
    expect(scene.count('entry')).toBe(1)
    expect(lastCodes(scene)).toEqual(['NOT_RESET'])
    scene.wants = []
    scene.hour()
    // 16:00 is a funding settlement.
    scene.hour()
    scene.wants = [wanted()]
    scene.hour()
    expect(scene.count('entry')).toBe(2)
  })

  test('the cool-down ends after its hours', () => {
    const scene = engineScene({ file: { entry: { ...unhurried, cooldown_hours: 4 } } })
    roundTrip(scene)
    scene.wants = [wanted('SHORT')]
    // The exit came at 13:00:00.2 and no entry is made in the ten minutes before 16:00, so that 18:00 is the first hour past both.
    while (scene.count('entry') === 1 && scene.now < NOON + 9 * HOUR) scene.hour()
    expect(scene.now).toBe(NOON + 6 * HOUR)
  })

  test('a trade that reached its stop bars its direction longer than the other', () => {
    const scene = engineScene({ file: { entry: { ...unhurried, stop_cooldown_hours: 12 } } })
    scene.open()
    scene.fill(scene.newest('stop').clientOrderId, 49_500)
    scene.hour()
    scene.wants = [wanted('LONG')]
    scene.hour()
    expect(lastCodes(scene)).toEqual(['STOP_COOLDOWN'])
    scene.wants = []
    scene.hour()
    scene.wants = [wanted('SHORT')]
    scene.hour()
    expect(scene.count('entry')).toBe(2)
  })

  test('entries beyond the rate latch the symbol, under one critical alert, until a person lifts it', () => {
    const scene = engineScene({ file: { entry: unhurried, risk: { entries_per_hour: 1 } } })
    roundTrip(scene)
    scene.wants = [wanted('SHORT')]
    scene.price(PRICE)
    scene.heatmap(snapshot([level('long', 49_000, 49_100)], scene.now, { intervalMs: HOUR }))
    expect(lastCodes(scene)).toEqual(['ENTRY_RATE'])
    expect(scene.alerts.map((a) => [a.level, a.code])).toEqual([['critical', 'ENTRY_RATE']])
    expect(scene.engine.account.latches.latches).toMatchObject([{ code: 'ENTRY_RATE', symbol: 'BTCUSDT', until: null }])
    scene.wants = []
    for (let i = 0; i < 6; i++) scene.hour()
    scene.wants = [wanted()]
    scene.hour()
    expect(scene.count('entry')).toBe(1)
    expect(scene.alerts).toHaveLength(1)
  })
})

describe('daily loss', () => {
  // One trade may lose this much before its stop is reached.
  const file = { entry: unhurried, risk: { max_daily_loss_pct: 0.5 } } as const

  function lose(scene: EngineScene): void {
    scene.open()
    const units = scene.newest('entry').quantity.toNumber()
    // Entry fee 0.5; the limit is 50.
    scene.price(PRICE - 49.4 / units)
    expect(scene.engine.account.latches.state).toBe('ACTIVE')
    scene.price(PRICE - 49.6 / units)
  }

  test('open result counts; the breach latches entries off and exits pass', () => {
    const scene = engineScene({ file })
    lose(scene)
    expect(scene.engine.account.latches).toMatchObject({
      state: 'REDUCING',
      latches: [{ code: 'DAILY_LOSS', until: MIDNIGHT }],
    })
    expect(scene.alerts.filter((a) => a.level === 'critical').map((a) => a.code)).toEqual(['DAILY_LOSS'])
    scene.command({ name: 'force_exit', tradeId: 'all' })
    expect(scene.count('exit')).toBe(1)
    scene.fill(scene.newest('exit').clientOrderId, 48_800)
    scene.wants = [wanted('SHORT')]
    scene.hour()
    expect(scene.count('entry')).toBe(1)
    expect(lastCodes(scene)).toEqual(['DAILY_LOSS'])
  })

  test('its latch ends with the day even when nothing is open', () => {
    const scene = engineScene({ file })
    lose(scene)
    scene.fill(scene.newest('stop').clientOrderId, 48_800)
    while (scene.now < MIDNIGHT - HOUR) scene.hour()
    expect(scene.engine.account.latches.state).toBe('REDUCING')
    scene.hour()
    expect(scene.now).toBe(MIDNIGHT)
    expect(scene.engine.account.latches.state).toBe('ACTIVE')
    scene.hour()
    scene.wants = [wanted('SHORT')]
    scene.hour()
    expect(scene.count('entry')).toBe(2)
  })
})

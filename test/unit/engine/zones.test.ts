import { describe, expect, test } from 'vitest'
import type { Candidate } from '../../../src/domain/candidate.ts'
import type { LiquidationLevel } from '../../../src/domain/cluster.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { level, snapshot } from '../heatmap/build.ts'
import { engineScene, HOUR, PRICE, unhurried, wanted, type EngineScene } from '../../fixture/engine-scene.ts'

const LOW = level('long', 49_000, 49_100, { id: 'low' })
const HIGH = level('short', 50_900, 51_000, { id: 'high' })

function publish(scene: EngineScene, levels: readonly LiquidationLevel[]): void {
  scene.now += 1_000
  const { now } = scene
  scene.heatmap(
    snapshot(levels, now, { intervalMs: HOUR, asOf: epochMs(now), receivedAt: epochMs(now), sequence: now }),
  )
}

/** A LONG that stands on the zone below and aims at the one above. */
const leaning = (patch: Partial<Candidate> = {}): Candidate =>
  wanted('LONG', {
    strategy: 'support_resistance',
    anchor: {
      id: 'low',
      side: 'long',
      priceLow: 49_000,
      priceMode: 49_050,
      priceHigh: 49_100,
      strength: 0.6,
      notionalUsd: 1e6,
      mass: 100,
      distanceRatio: 0.018,
    },
    targetClusterId: 'high',
    ...patch,
  })

const file = { entry: unhurried, heatmap: { levels: 'absolute' }, stop: { break_even_r: null } } as const

function holding(candidate = leaning(), patch: object = {}): EngineScene {
  const scene = engineScene({ file: { ...file, ...patch } })
  scene.price(PRICE)
  publish(scene, [LOW, HIGH])
  scene.open(candidate)
  expect(scene.engine.states[0]?.trade).not.toBeNull()
  return scene
}

describe('anchor exit', () => {
  test.each([
    [49_000, 0],
    [48_999.9, 1],
  ])('a close at %d, far edge 49 000: %d exits', (close, exits) => {
    const scene = holding()
    scene.hour(close)
    expect(scene.count('exit')).toBe(exits)
    if (exits === 0) return
    scene.fill(scene.newest('exit').clientOrderId, close)
    expect(scene.trades[0]?.exitReason).toBe('anchor_broken')
  })

  test('a price beyond the edge within the bar is not enough', () => {
    const scene = holding()
    scene.price(48_900)
    scene.hour(49_200)
    expect(scene.count('exit')).toBe(0)
  })

  test('a zone that lies ahead cannot break against the trade', () => {
    const ahead = {
      id: 'high',
      side: 'short',
      priceLow: 50_900,
      priceMode: 50_950,
      priceHigh: 51_000,
      strength: 0.6,
      notionalUsd: 1e6,
      mass: 100,
      distanceRatio: 0.018,
    } as const
    const scene = holding(leaning({ anchor: ahead }))
    scene.hour(48_500)
    expect(scene.count('exit')).toBe(0)
  })

  test('switched off, the trade stays', () => {
    const scene = holding(leaning(), { entry: { ...unhurried, anchor_exit: false } })
    scene.hour(48_500)
    expect(scene.count('exit')).toBe(0)
  })

  test('the break that ends the trade may carry the next one, cool-down or not', () => {
    const scene = holding(leaning(), { entry: { ...unhurried, cooldown_hours: 4, stop_cooldown_hours: 0 } })
    scene.wants = [wanted('SHORT', { strategy: 'cluster_breakout', entry: 48_900, stop: 49_389, target: 47_900 })]
    scene.hour(48_900)
    expect(scene.count('entry')).toBe(1)
    scene.fill(scene.newest('exit').clientOrderId, 48_900)
    expect(scene.count('entry')).toBe(2)
    expect(scene.newest('entry').side).toBe('sell')
  })

  test('another strategy waits out the cool-down on that bar', () => {
    const scene = holding(leaning(), { entry: { ...unhurried, cooldown_hours: 4, stop_cooldown_hours: 0 } })
    scene.wants = [wanted('SHORT', { entry: 48_900, stop: 49_389, target: 47_900 })]
    scene.hour(48_900)
    scene.fill(scene.newest('exit').clientOrderId, 48_900)
    expect(scene.count('entry')).toBe(1)
    expect(scene.decisions.at(-1)?.refusals.map((r) => r.code)).toEqual(['COOLDOWN'])
  })
})

describe('target zone', () => {
  test.each([
    [50, 0],
    [49, 1],
  ])('mass of 100 at entry, %d now: %d exits at the next bar', (mass, exits) => {
    const scene = holding()
    publish(scene, [LOW, { ...HIGH, mass }])
    expect(scene.count('exit')).toBe(0)
    scene.hour()
    expect(scene.count('exit')).toBe(exits)
    if (exits === 0) return
    scene.fill(scene.newest('exit').clientOrderId)
    expect(scene.trades[0]?.exitReason).toBe('target_faded')
  })

  test('one that this process has never seen has not faded: stop and target stay', () => {
    const scene = holding(leaning({ targetClusterId: 'of-the-process-before' }))
    scene.hour()
    scene.hour()
    expect(scene.count('exit')).toBe(0)
    expect(scene.engine.states[0]?.trade?.exitReason).toBeNull()
  })

  test('one that grew and came nearer takes the target along, never the other way', () => {
    const scene = holding()
    const before = scene.newest('target')
    publish(scene, [LOW, { ...HIGH, priceLow: 50_600, priceMode: 50_700, priceHigh: 50_900 }])
    scene.hour()
    const nearer = scene.newest('target')
    expect(nearer.price!.toNumber()).toBeLessThan(50_600)
    expect(nearer.price!.toNumber()).toBeGreaterThan(50_500)
    expect(nearer.clientOrderId).not.toBe(before.clientOrderId)
    scene.accept(nearer.clientOrderId)
    publish(scene, [LOW, HIGH])
    scene.hour()
    expect(scene.newest('target')).toBe(nearer)
  })
})

describe('breaks', () => {
  const transitions = (scene: EngineScene): string[] => {
    const seen: string[] = []
    const { engine } = scene
    const { process } = engine
    engine.process = (event) => {
      const effects = process(event)
      for (const e of effects) {
        if (e.kind === 'note' && e.note.kind === 'transition')
          seen.push(
            `${e.note.transition.kind}${e.note.transition.observed ? '' : ' unobserved'} ${e.note.transition.cluster.id}`,
          )
      }
      return effects
    }
    return seen
  }

  test('one that was seen waits for the closed bar', () => {
    const scene = engineScene({ file })
    scene.price(PRICE)
    publish(scene, [LOW, HIGH])
    scene.price(48_000)
    expect(scene.engine.states[0]?.broken.map((t) => t.cluster.id)).toEqual(['low'])
    scene.hour(48_000)
    expect(scene.engine.states[0]?.broken).toEqual([])
  })

  test('one that happened while prices were silent is no signal', () => {
    const scene = engineScene({ file, ticks: true })
    const seen = transitions(scene)
    scene.price(PRICE)
    publish(scene, [LOW, HIGH])
    scene.price(PRICE)
    scene.price(48_000, 2_001)
    expect(seen).toContain('stale low')
    expect(seen.some((t) => t === 'broken unobserved low')).toBe(true)
    expect(scene.engine.states[0]?.broken).toEqual([])
  })

  test('a silence of just the limit is none', () => {
    const scene = engineScene({ file, ticks: true })
    scene.price(PRICE)
    publish(scene, [LOW, HIGH])
    scene.price(48_000, 1_000)
    expect(scene.engine.states[0]?.broken.map((t) => t.observed)).toEqual([true])
  })
})

describe('one signal, one position', () => {
  test('a zone that was traded is not traded again, even after a reset', () => {
    const scene = holding()
    scene.command({ name: 'force_exit', tradeId: 'all' })
    scene.fill(scene.newest('exit').clientOrderId)
    scene.hour()
    publish(scene, [LOW, HIGH])
    scene.wants = [leaning()]
    scene.hour()
    expect(scene.count('entry')).toBe(1)
    expect(scene.decisions.at(-1)?.refusals.map((r) => r.code)).toContain('CLUSTER_USED')
  })

  test('the same signal at the same zone is a duplicate for the gate although its first entry did not fill', () => {
    const scene = engineScene({ file })
    scene.price(PRICE)
    publish(scene, [LOW, HIGH])
    scene.wants = [leaning()]
    scene.hour()
    scene.expired(scene.newest('entry').clientOrderId)
    scene.wants = []
    scene.hour()
    publish(scene, [LOW, HIGH])
    scene.wants = [leaning()]
    scene.hour()
    expect(scene.count('entry')).toBe(1)
    expect(scene.decisions.at(-1)?.refusals.map((r) => r.code)).toEqual(['DUPLICATE_SIGNAL'])
  })
})

test('a signal that has fired has not gone false because another zone breaks', () => {
  const scene = engineScene({ file: { ...file, strategies: { cluster_breakout: { closed_bar: false } } } })
  scene.price(PRICE)
  publish(scene, [LOW, HIGH])
  const { history, tracker } = scene.engine.states[0]!
  history.fired.add('liquidation_hunt:LONG:other')
  scene.price(51_001)
  expect(tracker.find('high')?.state).toBe('broken')
  expect([...history.fired]).toEqual(['liquidation_hunt:LONG:other'])
  scene.hour(51_001)
  expect([...history.fired]).toEqual([])
})

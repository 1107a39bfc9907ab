import { describe, expect, it } from 'vitest'
import type { LevelSnapshot } from '../../../src/domain/cluster.ts'
import type { FeedFailureKind } from '../../../src/domain/heatmap-payload.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { BTC, engineScene, PRICE, type EngineScene } from '../../fixture/engine-scene.ts'

const MINUTE = 60_000

function fail(scene: EngineScene, failure: FeedFailureKind = 'transient'): void {
  scene.process({
    kind: 'heatmap_failed',
    time: epochMs(scene.now),
    instrument: BTC,
    failure,
    code: 'SERVER_ERROR',
    message: 'status 502',
  })
}

function good(scene: EngineScene, rest: Partial<LevelSnapshot> = {}): void {
  const time = epochMs(scene.now)
  scene.heatmap({
    source: 'test',
    symbol: 'BTCUSDT',
    sequence: 0,
    asOf: time,
    receivedAt: time,
    intervalMs: 5_000,
    lagMs: 0,
    referencePrice: PRICE,
    levels: [
      {
        side: 'short',
        priceLow: PRICE * 1.01,
        priceMode: PRICE * 1.01,
        priceHigh: PRICE * 1.01,
        notionalUsd: null,
        mass: null,
        strength: 0.9,
        leverage: null,
        id: 'zone',
        parentIds: [],
      },
    ],
    quarantined: [],
    openInterest: null,
    sha256: 'a',
    ...rest,
  })
}

const told = (scene: EngineScene): readonly string[] => scene.alerts.map(({ code }) => code)

describe('a heatmap that cannot be had', () => {
  it('is told once an episode, with the end of it, and stops entries from the first failure on', () => {
    const scene = engineScene()
    scene.price(PRICE)
    const { health } = scene.engine.states[0]!
    good(scene)
    expect(health.health(epochMs(scene.now))).toBe('HEALTHY')
    fail(scene)
    fail(scene)
    expect(health.health(epochMs(scene.now))).toBe('DEGRADED')
    expect(scene.alerts).toMatchObject([
      {
        level: 'warning',
        code: 'HEATMAP_UNUSABLE',
        message: 'BTCUSDT: no entries on this heatmap: status 502; stops and targets stay as they are',
      },
    ])
    good(scene)
    expect(told(scene)).toEqual(['HEATMAP_UNUSABLE', 'HEATMAP_RECOVERED'])
    expect(health.health(epochMs(scene.now))).toBe('HEALTHY')
  })

  it('that comes and goes is told every ten minutes', () => {
    const scene = engineScene()
    scene.price(PRICE)
    for (let minute = 0; minute < 21; minute++) {
      fail(scene)
      good(scene)
      scene.now += MINUTE
    }
    expect(told(scene).filter((code) => code === 'HEATMAP_UNUSABLE')).toHaveLength(3)
    expect(told(scene)).toHaveLength(6)
  })

  it('for good is unavailable', () => {
    const scene = engineScene()
    scene.price(PRICE)
    fail(scene, 'permanent')
    expect(scene.alerts[0]!.message).toContain('status 502, and it is not asked again')
    expect(scene.engine.states[0]!.health.health(epochMs(scene.now))).toBe('UNAVAILABLE')
  })

  it('whose levels turn out to follow the price has no zones left, and is not called usable again', () => {
    const scene = engineScene()
    scene.price(PRICE)
    good(scene)
    const state = scene.engine.states[0]!
    expect(state.tracker.shorts).toHaveLength(1)
    for (let poll = 0; poll < 4; poll++) {
      scene.now += 5_000
      good(scene, { levels: [], quarantined: [{ code: 'MERGED_SIDES', count: 1 }] })
    }
    expect(state.health.anchoring).toBe('spot_anchored')
    expect(state.tracker.shorts).toEqual([])
    expect(told(scene)).toEqual(['HEATMAP_UNUSABLE', 'SPOT_ANCHORED', 'HEATMAP_RECOVERED'])
    expect(scene.alerts.at(-1)!.message).toBe('BTCUSDT: the heatmap answers again, with levels that follow the price')
  })
})

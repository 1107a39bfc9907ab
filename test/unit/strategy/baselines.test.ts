import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { createEmaCross } from '../../../src/strategy/ema-cross.ts'
import { createStrategies } from '../../../src/strategy/registry.ts'
import { createScripted, type ScriptedEntry } from '../../../src/strategy/scripted.ts'
import { NO_CANDIDATES } from '../../../src/strategy/strategy.ts'
import { codes, configFrom, HOUR, marketView, NOON } from './scene.ts'

describe('the average cross', () => {
  const cross = createEmaCross(configFrom({}))
  const at = (previousEmaFast: number, previousEmaSlow: number, emaFast: number, emaSlow: number) =>
    cross.propose(marketView({ previousEmaFast, previousEmaSlow, emaFast, emaSlow }))

  it('enters on the bar of the cross, at fixed distances', () => {
    expect(at(99, 100, 101, 100)[0]).toMatchObject({
      direction: 'LONG',
      stop: 990,
      target: 1_020,
      anchor: null,
      refusals: [],
      flags: [],
    })
    expect(at(101, 100, 99, 100)[0]).toMatchObject({ direction: 'SHORT', stop: 1_010, target: 980 })
  })

  it('counts a cross from equality, and none to it', () => {
    expect(at(100, 100, 101, 100)[0]!.direction).toBe('LONG')
    expect(at(100, 100, 99, 100)[0]!.direction).toBe('SHORT')
    expect(at(99, 100, 100, 100)).toBe(NO_CANDIDATES)
  })

  it('says nothing without a cross, before it is warm, or between bars', () => {
    expect(at(101, 100, 102, 100)).toBe(NO_CANDIDATES)
    expect(at(Number.NaN, Number.NaN, 101, 100)).toBe(NO_CANDIDATES)
    const between = marketView({
      occasion: 'snapshot',
      previousEmaFast: 99,
      previousEmaSlow: 100,
      emaFast: 101,
      emaSlow: 100,
    })
    expect(cross.propose(between)).toBe(NO_CANDIDATES)
  })
})

describe('a scripted run', () => {
  const entry = (time: number, patch: Partial<ScriptedEntry> = {}): ScriptedEntry => ({
    time: epochMs(time),
    direction: 'LONG',
    stopRatio: 0.01,
    targetRatio: 0.015,
    ...patch,
  })
  const plan = [entry(NOON - 3 * HOUR), entry(NOON, { direction: 'SHORT' }), entry(NOON + 2.5 * HOUR)]
  const scripted = createScripted(plan, configFrom({}))
  const at = (hours: number) => scripted.propose(marketView({ time: epochMs(NOON + hours * HOUR) }))

  it('enters as planned', () => {
    expect(at(0)[0]).toMatchObject({
      strategy: 'scripted',
      direction: 'SHORT',
      stop: 1_010,
      target: 985,
      anchor: null,
      refusals: [],
    })
    expect(at(-3)[0]).toMatchObject({ direction: 'LONG', stop: 990, target: 1_015 })
  })

  it('enters once, on the first bar at or after the time', () => {
    expect([-4, -3, -2, -1, 0, 1, 2, 3, 4].filter((h) => at(h).length > 0)).toEqual([-3, 0, 3])
  })

  it('says nothing between bars and without a plan', () => {
    expect(scripted.propose(marketView({ occasion: 'break' }))).toBe(NO_CANDIDATES)
    expect(createScripted([], configFrom({})).propose(marketView())).toBe(NO_CANDIDATES)
  })

  it('takes the later of two entries for one bar', () => {
    const twice = createScripted([entry(NOON), entry(NOON, { direction: 'SHORT' })], configFrom({}))
    expect(twice.propose(marketView()).map((c) => c.direction)).toEqual(['SHORT'])
  })

  it('refuses a plan out of order', () => {
    expect(() => createScripted([entry(NOON), entry(NOON - 1)], configFrom({}))).toThrow(/entry 1 lies before entry 0/)
  })

  it('applies no gate, but the technical confirmation where asked', () => {
    expect(at(0)[0]!.netRiskReward).toBeLessThan(1.5)
    const judged = createScripted(plan, configFrom({}), true)
    expect(codes(judged.propose(marketView())[0]!.refusals)).toEqual(['AGAINST_TREND'])
  })
})

describe('the registry', () => {
  it('makes what is enabled, in document order', () => {
    const names = (file: object) => createStrategies(configFrom({ strategies: file })).map((s) => s.name)
    expect(names({})).toEqual(['liquidation_hunt', 'support_resistance', 'cluster_breakout'])
    expect(names({ liquidation_hunt: { enabled: false }, ema_cross: { enabled: true } })).toEqual([
      'support_resistance',
      'cluster_breakout',
      'ema_cross',
    ])
    const none = { enabled: false }
    expect(names({ liquidation_hunt: none, support_resistance: none, cluster_breakout: none })).toEqual([])
  })

  it('gives each strategy a number of its own', () => {
    const all = [
      ...createStrategies(configFrom({ strategies: { ema_cross: { enabled: true } } })),
      createScripted([], configFrom({})),
    ]
    expect(all.map((s) => s.number)).toEqual([1, 2, 3, 4, 5])
    expect(all.map((s) => s.usesHeatmap)).toEqual([true, true, true, false, false])
  })
})

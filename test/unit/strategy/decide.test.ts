import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../../src/domain/candidate.ts'
import { refusal } from '../../../src/domain/refusal.ts'
import { decide } from '../../../src/strategy/decide.ts'
import { candidate, codes, configFrom } from './scene.ts'

const { entry: veto } = configFrom({})
const first = {
  combination: 'first',
  priority: ['liquidation_hunt', 'support_resistance', 'cluster_breakout'],
} as const

const hunt = candidate({ strategy: 'liquidation_hunt' })
const bounce = candidate({ strategy: 'support_resistance' })
const breakout = candidate({ strategy: 'cluster_breakout' })
const against = (c: Candidate): Candidate => ({ ...c, direction: 'SHORT' })
const refusedOnes = (list: ReturnType<typeof decide>['refused']) =>
  list.map((r) => [r.candidate.strategy, codes(r.refusals)])

describe('one decision out of many wants', () => {
  it('is nothing, always the same nothing, without any', () => {
    expect(decide([], veto)).toEqual({ chosen: null, refused: [], support: [] })
    expect(decide([], veto)).toBe(decide([], veto))
  })

  it('takes the highest priority and names the others as support', () => {
    const decision = decide([hunt, bounce, breakout], veto)
    expect(decision.chosen).toBe(breakout)
    expect(decision.support).toEqual(['liquidation_hunt', 'support_resistance'])
    expect(decision.refused).toEqual([])
    expect(decide([bounce, hunt], veto).chosen).toBe(hunt)
  })

  it('follows a configured priority', () => {
    const priority = ['support_resistance', 'liquidation_hunt', 'cluster_breakout'] as const
    expect(decide([hunt, bounce, breakout], { combination: 'veto', priority }).chosen).toBe(bounce)
  })

  it('puts strategies that the priority does not name last, in their order', () => {
    const scripted = candidate({ strategy: 'scripted' })
    const cross = candidate({ strategy: 'ema_cross' })
    const priority = ['liquidation_hunt'] as const
    expect(decide([scripted, cross], { combination: 'veto', priority }).chosen).toBe(scripted)
    expect(decide([scripted, cross, hunt], { combination: 'veto', priority }).chosen).toBe(hunt)
  })

  it('trades nothing where directions oppose, and says so of each', () => {
    const decision = decide([hunt, against(bounce), breakout], veto)
    expect(decision.chosen).toBeNull()
    expect(refusedOnes(decision.refused)).toEqual([
      ['liquidation_hunt', ['OPPOSITE_SIGNALS']],
      ['support_resistance', ['OPPOSITE_SIGNALS']],
      ['cluster_breakout', ['OPPOSITE_SIGNALS']],
    ])
    expect(decision.refused[0]!.refusals[0]!.message).toBe('opposite signal at the same time: support_resistance SHORT')
    expect(decision.refused[1]!.refusals[0]!.message).toBe(
      'opposite signal at the same time: liquidation_hunt LONG, cluster_breakout LONG',
    )
  })

  it('does not let a refused candidate trade, veto or support', () => {
    const refused = { ...against(breakout), refusals: [refusal('TOO_NEAR', 'near')] }
    const decision = decide([hunt, refused], veto)
    expect(decision.chosen).toBe(hunt)
    expect(decision.support).toEqual([])
    expect(refusedOnes(decision.refused)).toEqual([['cluster_breakout', ['TOO_NEAR']]])
    expect(decide([refused], veto)).toMatchObject({ chosen: null, support: [] })
  })

  it('with `first` takes the first in priority whatever the others say', () => {
    const decision = decide([against(breakout), against(bounce), hunt, candidate({ strategy: 'ema_cross' })], first)
    expect(decision.chosen).toBe(hunt)
    expect(decision.support).toEqual(['ema_cross'])
    expect(refusedOnes(decision.refused)).toEqual([
      ['cluster_breakout', ['LOWER_PRIORITY']],
      ['support_resistance', ['LOWER_PRIORITY']],
    ])
  })
})

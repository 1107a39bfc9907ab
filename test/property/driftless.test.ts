import { describe, expect, it } from 'vitest'
import { meanOf, play, stepEffect, within, type Outcome, type Wager } from '../../scripts/proof/driftless.ts'

const SEEDS = 8
const VOLATILITY = 0.006

async function playAll(wager: Wager, volatility = VOLATILITY): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (let seed = 1; seed <= SEEDS; seed++) outcomes.push(...(await play(seed, 500, volatility, wager)))
  return outcomes
}

const base: Wager = { stopRatio: 0.01, targetRatio: 0.01, withCosts: false, reading: 'stop_first' }
const wagers: readonly Wager[] = [base, { ...base, targetRatio: 0.02 }, { ...base, stopRatio: 0.015 }]

describe.each(wagers)('on a tape without drift, stop $stopRatio and target $targetRatio', (wager) => {
  it('nothing is won or lost without costs', async () => {
    const outcomes = await playAll(wager)
    expect(outcomes.length).toBeGreaterThan(200)
    const effect = stepEffect(VOLATILITY, wager)
    expect(within(meanOf(outcomes.map((o) => o.r - effect)), 2)).toBe(true)
    // Far sharper than chance allows: trade by trade, the levels themselves, ticks apart.
    for (const outcome of outcomes)
      if (!outcome.ambiguous) expect(Math.abs(outcome.r - outcome.levelR)).toBeLessThan(1e-3)
  })

  it('the costs are lost, and nothing else', async () => {
    const outcomes = await playAll({ ...wager, withCosts: true })
    const effect = stepEffect(VOLATILITY, wager)
    const cost = meanOf(outcomes.map((o) => o.costR)).mean
    // 5 bp and half of 1 bp in, 2 bp out at the target or 5 bp and the slip out at the stop, over the distance of the stop.
    expect(cost).toBeGreaterThan(0.00075 / wager.stopRatio)
    expect(cost).toBeLessThan(0.002 / wager.stopRatio)
    expect(within(meanOf(outcomes.map((o) => o.r + o.costR - effect)), 2)).toBe(true)
    for (const outcome of outcomes)
      if (!outcome.ambiguous) expect(Math.abs(outcome.r + outcome.costR - outcome.levelR)).toBeLessThan(1e-3)
  })
})

describe('ambiguous bars', () => {
  it('cost where the stop comes first, and pay where the target does', async () => {
    const wide = 0.02
    const stopFirst = await playAll(base, wide)
    const targetFirst = await playAll({ ...base, reading: 'target_first' }, wide)
    const distortion = (outcomes: readonly Outcome[]): number => meanOf(outcomes.map((o) => o.r - o.levelR)).mean
    expect(stopFirst.filter((o) => o.ambiguous).length).toBeGreaterThan(50)
    for (const outcome of stopFirst) if (outcome.otherEnd) expect(outcome.r).toBeLessThan(outcome.levelR)
    expect(distortion(stopFirst)).toBeLessThan(-0.02)
    expect(distortion(targetFirst)).toBeGreaterThan(0.02)
  })
})

import type { Config } from '../../../../src/config/schema.ts'
import type { BarEvent } from '../../../../src/domain/event.ts'
import { liquidationPrice } from '../../../../src/domain/liquidation.ts'

/** Contracts by side, leverage and bin, kept in the plainest way: every bin is touched on every bar. */
export type PlainMap = Readonly<Record<'long' | 'short', ReadonlyMap<number, ReadonlyMap<number, number>>>>

type SideName = 'long' | 'short'
const SIDES = ['long', 'short'] as const
const known = (value: number, otherwise: number): number => (Number.isFinite(value) ? value : otherwise)

/** The mark's range where it is known and possible, else the last price's. */
export function markRange(bar: BarEvent): { readonly low: number; readonly high: number } {
  const low = known(bar.markLow, bar.low)
  const high = known(bar.markHigh, bar.high)
  return low <= high ? { low, high } : bar
}

/** The model step by step, without a thought for speed. Contiguous bars only. */
export function createReference(
  config: Config['estimator'],
  maintenance: number,
): { onBar(bar: BarEvent): void; readonly map: PlainMap } {
  const delta = config.binWidthBp / 1e4
  const tiers = [{ floorUsd: 0, capUsd: 1e12, maintenanceRatio: maintenance, deductionUsd: 0, maxLeverage: 125 }]
  const mix = Object.entries(config.leverageMix).map(([leverage, share]) => ({ leverage: Number(leverage), share }))
  const map = {
    long: new Map(mix.map(({ leverage }) => [leverage, new Map<number, number>()])),
    short: new Map(mix.map(({ leverage }) => [leverage, new Map<number, number>()])),
  }
  const binOf = (price: number): number => Math.floor(Math.log(price) / delta)
  const eachBin = (side: SideName, change: (mass: number, bin: number, leverage: number) => number): void => {
    for (const [leverage, bins] of map[side]) {
      for (const [bin, mass] of bins) {
        const next = change(mass, bin, leverage)
        if (next > 0) bins.set(bin, next)
        else bins.delete(bin)
      }
    }
  }
  const total = (side: SideName): number =>
    [...map[side].values()].flatMap((bins) => [...bins.values()]).reduce((sum, mass) => sum + mass, 0)
  let previous: BarEvent | undefined
  let openInterest = Number.NaN
  let interrupted = false

  function entries(bar: BarEvent): readonly { price: number; weight: number }[] {
    if (bar.high === bar.low) return [{ price: bar.low, weight: 1 }]
    const average =
      bar.volume > 0 && bar.turnover > 0 ? bar.turnover / bar.volume : (bar.high + bar.low + bar.close) / 3
    const mode = Math.min(bar.high, Math.max(bar.low, 3 * average - bar.low - bar.high))
    const points = Array.from({ length: 9 }, (_, i) => bar.low * (bar.high / bar.low) ** (i / 8)).map((price, i) => {
      const p = i === 8 ? bar.high : Math.min(bar.high, price)
      const density = p === mode ? 1 : p < mode ? (p - bar.low) / (mode - bar.low) : (bar.high - p) / (bar.high - mode)
      return { price: p, weight: density }
    })
    const whole = points.reduce((sum, point) => sum + point.weight, 0)
    if (whole === 0) return [{ price: bar.low, weight: 1 }]
    return points.map(({ price, weight }) => ({ price, weight: weight / whole }))
  }

  return {
    map,
    onBar(bar) {
      const mark = markRange(bar)
      const markLow = binOf(mark.low)
      const markHigh = binOf(mark.high)
      const closing = Math.max(markLow, Math.min(markHigh, binOf(bar.close)))
      const rangeLow = Math.floor((Math.log(bar.close) + Math.log(1 - config.rangePct / 100)) / delta)
      const rangeHigh = Math.floor((Math.log(bar.close) + Math.log(1 + config.rangePct / 100)) / delta)
      const elapsedHours = previous ? (bar.closeTime - previous.closeTime) / 3_600_000 : 0
      previous = bar
      for (const side of SIDES)
        eachBin(side, (mass, _, leverage) => mass * 2 ** (-elapsedHours / config.halfLifeHours[leverage]!))
      const released = { long: 0, short: 0 }
      for (const side of SIDES) {
        eachBin(side, (mass, bin) => {
          if (side === 'long' ? bin < markLow : bin > markHigh) return bin < rangeLow || bin > rangeHigh ? 0 : mass
          released[side] += mass
          return 0
        })
      }
      const before = openInterest
      if (!Number.isFinite(bar.openInterest)) {
        interrupted = true
        return
      }
      openInterest = bar.openInterest
      if (Number.isFinite(before)) {
        const d = openInterest - before
        const churn = (config.churnRatio * Math.max(bar.volume - Math.abs(d), 0)) / 2
        const jumped = openInterest > before * (1 + config.openInterestJumpPct / 100)
        const opened = jumped || interrupted ? 0 : Math.max(d, 0) + churn
        for (const side of SIDES) {
          const share = Math.min(1, Math.max(Math.max(-d, 0) + churn - released[side], 0) / before)
          eachBin(side, (mass) => mass * (1 - share))
          for (const { price, weight } of entries(bar)) {
            for (const { leverage, share: part } of mix) {
              const lp = liquidationPrice(side === 'long' ? 'LONG' : 'SHORT', price, 1 / price, 1 / leverage, tiers)
              if (lp === null) continue
              const bin = binOf(lp)
              if (side === 'long' ? bin >= closing : bin <= closing) continue
              const mass = (1 - config.unmappedRatio) * opened * weight * part
              if (bin < rangeLow || bin > rangeHigh || mass === 0) continue
              const bins = map[side].get(leverage)!
              bins.set(bin, (bins.get(bin) ?? 0) + mass)
            }
          }
        }
      }
      interrupted = false
      for (const side of SIDES) {
        const limit = (1 - config.unmappedRatio) * openInterest
        const held = total(side)
        if (held > limit) eachBin(side, (mass) => (mass * limit) / held)
      }
    },
  }
}

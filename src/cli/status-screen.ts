import type { PaperSession } from '../app/compose/paper.ts'
import { distanceRatio, type Cluster } from '../domain/cluster.ts'
import { tradeLiquidation } from '../app/trade-liquidation.ts'
import { isoTime } from '../domain/time.ts'
import { latchName } from '../domain/latch-name.ts'
import type { EpochMs } from '../domain/unit.ts'
import type { SymbolState } from '../engine/symbol-state.ts'
import { strengthBand } from '../heatmap/band.ts'
import type { Output } from './output.ts'

const CLUSTERS_SHOWN = 3

export interface StatusInput {
  readonly session: Pick<PaperSession, 'engine'>
  readonly now: EpochMs
  readonly title: string
  readonly speed: number
  readonly recent: readonly string[]
}

const usd = (value: number): string =>
  value >= 1e6
    ? `$${(value / 1e6).toFixed(1)}M`
    : value >= 1e3
      ? `$${(value / 1e3).toFixed(0)}k`
      : `$${value.toFixed(0)}`

/** A price with the digits of its tick. */
function priceText(value: number, tick: number): string {
  return value.toFixed(Math.max(0, Math.ceil(-Math.log10(tick) - 1e-9)))
}

/** One screen of a running paper session. */
export function statusScreen({ session, title, now, speed, recent }: StatusInput, output: Output): readonly string[] {
  const { books, guard, latches, openTrades } = session.engine.account
  const equity = books.equity()
  const pace =
    speed === Number.POSITIVE_INFINITY ? 'as fast as it can' : speed === 1 ? 'in real time' : `${speed}× the wall clock`
  const day = ((equity - guard.dayStart) / guard.dayStart) * 100
  const drawdown = ((guard.highWater - equity) / guard.highWater) * 100
  const lines = [
    output.paintData('bold', `lodestone ${title}`),
    `${isoTime(now).slice(0, 19).replace('T', ' ')} UTC, ${pace}   Ctrl-C ends`,
    '',
    `equity ${equity.toFixed(2)} USDT   day ${day >= 0 ? '+' : ''}${day.toFixed(2)} %   drawdown ${drawdown.toFixed(2)} %   open trades ${openTrades}   ${latches.state}`,
  ]
  for (const latch of latches.latches) lines.push(output.paintData('yellow', `  ${latchName(latch)}: ${latch.reason}`))
  for (const state of session.engine.states) lines.push('', ...symbolLines(state, now, output))
  lines.push(
    '',
    output.paintData('bold', 'last decisions'),
    ...(recent.length > 0 ? recent.map((line) => `  ${line}`) : ['  none yet']),
  )
  return lines
}

function symbolLines(state: SymbolState, now: EpochMs, output: Output): string[] {
  const { tick, symbol } = state.instrument
  const lines: string[] = []
  for (const cluster of state.tracker.shorts.slice(0, CLUSTERS_SHOWN).toReversed())
    lines.push(clusterLine('▲', cluster, state.mark, tick))
  const health = state.health.health(now)
  lines.push(
    output.paintData(
      'cyan',
      `  ${symbol}  ${priceText(state.last, tick)}   mark ${priceText(state.mark, tick)}   heatmap ${health.toLowerCase()}, modelled`,
    ),
  )
  for (const cluster of state.tracker.longs.slice(0, CLUSTERS_SHOWN))
    lines.push(clusterLine('▼', cluster, state.mark, tick))
  lines.push(positionLine(state))
  return lines
}

function clusterLine(glyph: string, c: Cluster, mark: number, tick: number): string {
  const distance = (distanceRatio(c, mark) * 100).toFixed(2).padStart(6)
  const strength =
    c.strength === null ? '   –' : `${c.strength.toFixed(2)} ${strengthBand(c.strength).replace('_', ' ')}`
  return `    ${glyph} ${priceText(c.priceMode, tick).padStart(10)}  ${c.side.padEnd(5)} ${distance} %  ${usd(c.notionalUsd ?? 0).padStart(8)}  ${c.state.padEnd(7)} ${strength}`
}

function positionLine({ trade, mark, instrument }: SymbolState): string {
  if (!trade) return '    no position'
  if (trade.position.isZero()) return `    ${trade.direction} ${trade.planned.toString()} entry on its way`
  const { tick } = instrument
  const entry = trade.entryCost.div(trade.entryQuantity).toNumber()
  const quantity = trade.position.toNumber()
  const liquidation = tradeLiquidation(trade)
  const open = (trade.direction === 'LONG' ? mark - entry : entry - mark) * quantity
  const own = liquidation === null ? 'none' : priceText(liquidation, tick)
  return `    ${trade.direction} ${trade.position.toString()} at ${priceText(entry, tick)}   stop ${trade.stopPrice.toString()}   target ${trade.targetPrice.toString()}   own liquidation ${own}   open result ${open.toFixed(2)} USDT`
}
